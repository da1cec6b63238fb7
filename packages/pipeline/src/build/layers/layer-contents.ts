import { discard } from '@image-tooling/host';
import { ok, type OriginLayer, type Result } from '@image-tooling/model';
import { layerTar, type Store } from '@image-tooling/oci';
import { layerContentsOf, readContents, scopeOf, type LayerContents } from '@image-tooling/sbom';
import type { Session } from '../../session';
import { layerText } from './layer-text';

/** Returns what the store knows of a layer's contents; undefined if it has to be read from its blob. */
export async function knownContents(store: Store, layer: OriginLayer): Promise<LayerContents | undefined> {
  const contents = layerContentsOf(await store.getFact('contents', layer.diffId));
  return contents?.scope === scopeOf(layer) ? contents : undefined;
}

/**
 * Returns what is in a layer: from the store, else read from its blob, which must be there, and stored. Fails with
 * `store-corrupt`, `tar-format`, `disk-full`, `io` or `aborted`.
 */
export async function contentsOfBlob(session: Session, layer: OriginLayer): Promise<Result<LayerContents>> {
  const known = await knownContents(session.store, layer);
  const needsSymbols = layer.kind === 'tool' && !(await session.store.hasFact('symbols', layer.diffId));
  return known && !needsSymbols ? ok(known) : readBlob(session, layer);
}

async function readBlob({ store, context }: Session, layer: OriginLayer): Promise<Result<LayerContents>> {
  const folder = await store.tempDir('contents');
  if (!folder.ok) return folder;
  try {
    const request = {
      name: layerText(layer),
      scope: scopeOf(layer),
      folder: folder.value,
      signal: context.signal,
    };
    const read = await readContents(layerTar(layer, store), request);
    if (!read.ok) return read;
    const { contents, symbols } = read.value;
    const kept =
      layer.kind === 'tool' ? await store.putFact('symbols', layer.diffId, symbols) : ok(undefined);
    const put = kept.ok ? await store.putFact('contents', layer.diffId, contents) : kept;
    return put.ok ? ok(contents) : put;
  } finally {
    await discard(folder.value);
  }
}
