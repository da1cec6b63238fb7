import { discard } from '@image-tooling/host';
import { streamEntries, streamTar, type StreamedEntry } from '@image-tooling/layer';
import { ok, type Digest, type OriginLayer, type Result } from '@image-tooling/model';
import { layerTar, type Store, type WrittenLayer } from '@image-tooling/oci';
import { keptContentsOf, readContents, scopeOf, type LayerContents } from '@image-tooling/sbom';
import type { Session } from '../../session';
import { layerText } from './layer-text';

/** Returns what the store knows of a layer's contents; undefined if it has to be read from its blob. */
export async function knownContents(store: Store, layer: OriginLayer): Promise<LayerContents | undefined> {
  const contents = keptContentsOf(await store.getFact('contents', layer.diffId));
  return contents?.scope === scopeOf(layer) ? contents : undefined;
}

/**
 * Returns what is in a layer: from the store, else read from its blob, which must be there, and stored. Fails with
 * `store-corrupt`, `tar-format`, `disk-full`, `io` or `aborted`.
 */
export async function contentsOfBlob(session: Session, layer: OriginLayer): Promise<Result<LayerContents>> {
  const known = await knownContents(session.store, layer);
  const needsSymbols = layer.kind === 'tool' && !(await session.store.hasFact('symbols', layer.diffId));
  if (known && !needsSymbols) return ok(known);
  const name = layerText(layer);
  return readAndStore(session, layer, name, streamTar(layerTar(layer, session.store), { name }));
}

/**
 * Stores what is in a layer that was just written, so that its blob need not be decompressed for that. The contents of
 * its entries must still be where they were. Fails with `truncated` if one has another length, `disk-full`, `io` or
 * `aborted`.
 */
export async function storeContents(
  session: Session,
  kind: OriginLayer['kind'],
  { layer, entries }: WrittenLayer,
): Promise<Result<void>> {
  const read = await readAndStore(session, { ...layer, kind }, 'the new layer', streamEntries(entries));
  return read.ok ? ok(undefined) : read;
}

interface ReadLayer extends Pick<OriginLayer, 'kind'> {
  readonly diffId: Digest;
}

/** `name`: of the layer in messages. */
async function readAndStore(
  { store, context: { signal } }: Session,
  layer: ReadLayer,
  name: string,
  entries: AsyncIterable<StreamedEntry>,
): Promise<Result<LayerContents>> {
  const folder = await store.tempDir('contents');
  if (!folder.ok) return folder;
  try {
    const read = await readContents(entries, { name, scope: scopeOf(layer), folder: folder.value, signal });
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
