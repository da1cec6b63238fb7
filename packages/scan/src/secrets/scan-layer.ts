import { setImmediate } from 'node:timers/promises';
import { caught, checkSignal } from '@image-tooling/host';
import { ContentReader, type TarEntry } from '@image-tooling/layer';
import type { Result } from '@image-tooling/model';
import type { FileSecret, LayerSecrets } from './hit';
import { publishedFiles } from './published-files';
import { FileScan } from './scan-file';

/** Between two pauses, in which an abort is noticed. */
const BYTES_AT_ONCE = 16 * 1024 ** 2;

/** Magic numbers of gzip, xz, zstd, bzip2 and zip (file(1), magic "compress" and "archive"). */
const COMPRESSED = /^(?:\x1f\x8b|\xfd7zXZ\x00|\x28\xb5\x2f\xfd|BZh\d|PK\x03\x04)/;

/**
 * Returns the secrets in the files of one layer. Reads each file once, in pieces of 1 MiB; what is compressed is counted
 * instead. Fails with `truncated`, `io` or `aborted`.
 *
 * @param entries of the layer's tar
 */
export function secretsOfLayer(
  entries: readonly TarEntry[],
  signal?: AbortSignal,
): Promise<Result<LayerSecrets>> {
  return caught('the files of a layer', async () => {
    const reader = new ContentReader();
    try {
      const hits: FileSecret[] = [];
      let unopened = 0;
      let sincePause = 0;
      for (const entry of entries) {
        if (entry.type !== 'file' || entry.size === 0) continue;
        sincePause += entry.size;
        if (sincePause >= BYTES_AT_ONCE) {
          sincePause = 0;
          await setImmediate();
        }
        checkSignal(signal);
        if (isCompressed(entry, reader)) unopened++;
        hits.push(...(await secretsOfFile(entry, reader, signal)));
      }
      return { hits: await withPublished(hits, entries, reader), unopened };
    } finally {
      reader.close();
    }
  });
}

async function secretsOfFile(
  entry: TarEntry,
  reader: ContentReader,
  signal: AbortSignal | undefined,
): Promise<FileSecret[]> {
  const scan = new FileScan(entry.path);
  const whole = reader.small(entry);
  if (whole) scan.add(whole);
  else {
    let sincePause = 0;
    for await (const piece of reader.pieces(entry)) {
      scan.add(piece);
      sincePause += piece.length;
      if (sincePause < BYTES_AT_ONCE) continue;
      sincePause = 0;
      await setImmediate();
      checkSignal(signal);
    }
  }
  return scan.secrets();
}

function isCompressed(entry: TarEntry, reader: ContentReader): boolean {
  return (
    entry.content.kind !== 'stream' && COMPRESSED.test(Buffer.from(reader.head(entry, 8)).toString('latin1'))
  );
}

async function withPublished(
  hits: readonly FileSecret[],
  entries: readonly TarEntry[],
  reader: ContentReader,
): Promise<FileSecret[]> {
  if (hits.length === 0) return [];
  const published = await publishedFiles(new Set(hits.map(({ path }) => path)), entries, reader);
  return hits.map((hit) => (published.has(hit.path) ? { ...hit, published: true } : hit));
}
