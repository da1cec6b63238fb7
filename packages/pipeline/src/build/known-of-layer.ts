import { ok, type OriginLayer, type Result } from '@image-tooling/model';
import type { Store } from '@image-tooling/oci';
import type { Session } from '../session';
import { outputFolder } from '../workspace/outputs';
import { ownerOf, type ImageOnPlatform } from './layer-owner';

/** A kind of record about layers. */
export interface KnownRecord<T> {
  /** Returns the record in the store. */
  readonly known: (store: Store, layer: OriginLayer) => Promise<T | undefined>;
  /** Stores the records in a folder of outputs. Fails with `disk-full` or `io`. */
  readonly restore: (store: Store, folder: string) => Promise<Result<void>>;
}

/**
 * Returns the record of a layer: from the store, else from the outputs of the layer's owner, from which it is stored.
 * Undefined if neither has it. Fails as `restore` does.
 */
export async function knownOfLayer<T>(
  { store, root }: Session,
  { image, platform }: ImageOnPlatform,
  layer: OriginLayer,
  { known, restore }: KnownRecord<T>,
): Promise<Result<T | undefined>> {
  const stored = await known(store, layer);
  const owner = stored === undefined ? ownerOf(image, layer.owner) : undefined;
  if (!owner) return ok(stored);
  const project = owner.kind === 'image' ? owner.image : owner.tool;
  const restored = await restore(store, outputFolder(root, project, platform));
  return restored.ok ? ok(await known(store, layer)) : restored;
}
