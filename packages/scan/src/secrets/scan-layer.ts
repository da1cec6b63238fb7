import { setImmediate } from 'node:timers/promises';
import { caught, checkSignal } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import type { FileSecret, LayerSecrets } from './hit';
import type { LayerFile, OpenLayer } from './layer-files';
import { publishedFiles } from './published-files';
import { FileScan } from './scan-file';

/** Bytes between two pauses, in which an abort is noticed. */
const BYTES_AT_ONCE = 16 * 1024 ** 2;

/** Magic numbers of gzip, xz, zstd, bzip2 and zip (file(1), magic "compress" and "archive"). */
const COMPRESSED = /^(?:\x1f\x8b|\xfd7zXZ\x00|\x28\xb5\x2f\xfd|BZh\d|PK\x03\x04)/;

/**
 * Returns the secrets in the files of one layer. Reads each file once, in bounded memory; the layer is read a second time
 * if there are any, to find what Debian packages brought. Compressed files are counted instead. Fails as reading does,
 * and with `aborted`.
 */
export function secretsOfLayer(open: OpenLayer, signal?: AbortSignal): Promise<Result<LayerSecrets>> {
  return caught('the files of a layer', async () => {
    const hits: FileSecret[] = [];
    let unopened = 0;
    const pause = pauses(signal);
    for await (const file of open()) {
      if (file.entry.type !== 'file' || file.entry.size === 0) continue;
      const found = await searchFile(file, pause);
      hits.push(...found.secrets);
      if (found.isCompressed) unopened++;
    }
    if (hits.length === 0) return { hits, unopened };
    const published = await publishedFiles(new Set(hits.map(({ path }) => path)), open, signal);
    return {
      hits: hits.map((hit) => (published.has(hit.path) ? { ...hit, published: true } : hit)),
      unopened,
    };
  });
}

async function searchFile(
  { entry, pieces }: LayerFile,
  pause: (bytes: number) => Promise<void> | undefined,
): Promise<{ secrets: FileSecret[]; isCompressed: boolean }> {
  const scan = new FileScan(entry.path);
  let start = '';
  for await (const piece of pieces()) {
    if (start.length < 8) start += Buffer.from(piece.subarray(0, 8)).toString('latin1');
    scan.add(piece);
    await pause(piece.length);
  }
  return { secrets: scan.secrets(), isCompressed: COMPRESSED.test(start) };
}

/** Returns a function that lets other work run now and then, and throws a `Fault` if the signal was aborted. */
function pauses(signal: AbortSignal | undefined): (bytes: number) => Promise<void> | undefined {
  let since = 0;
  return (bytes) => {
    checkSignal(signal);
    since += bytes;
    if (since < BYTES_AT_ONCE) return undefined;
    since = 0;
    return setImmediate();
  };
}
