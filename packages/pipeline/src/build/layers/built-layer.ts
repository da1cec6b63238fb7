import type { TarEntry } from '@image-tooling/layer';
import { ok, type LayerKind, type Result } from '@image-tooling/model';
import { writeLayer } from '@image-tooling/oci';
import type { Session } from '../../session';
import type { MadeLayer } from './ensure-layer';
import { storeContents } from './layer-contents';

/**
 * Writes a layer, and stores what is in it. Nothing else may change the files of its entries. Fails as `writeLayer` does.
 */
export async function builtLayer(
  session: Session,
  kind: LayerKind,
  entries: readonly TarEntry[],
): Promise<Result<MadeLayer>> {
  const { store, options, context } = session;
  const { compression } = options;
  const written = await writeLayer(entries, { compression, store, signal: context.signal });
  if (!written.ok) return written;
  const stored = await storeContents(session, kind, written.value);
  const { layer, paths } = written.value;
  return stored.ok ? ok({ layer, paths, origin: 'built' }) : stored;
}
