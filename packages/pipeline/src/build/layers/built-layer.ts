import type { TarEntry } from '@image-tooling/layer';
import { ok, type LayerKind, type Result } from '@image-tooling/model';
import { writeLayer } from '@image-tooling/oci';
import type { Session } from '../../session';
import type { MadeLayer } from './ensure-layer';
import { storeContents } from './layer-contents';
import { storeSecrets } from './layer-secrets';

/**
 * Writes a layer, and stores what is in it, and its secrets if images are scanned. Nothing else may change the files of
 * its entries. Fails as `writeLayer` does.
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
  if (!stored.ok) return stored;
  const searched = await storeSecrets(session, written.value);
  const { layer, paths } = written.value;
  return searched.ok ? ok({ layer, paths, origin: 'built' }) : searched;
}
