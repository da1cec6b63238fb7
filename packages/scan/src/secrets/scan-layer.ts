import { setImmediate } from 'node:timers/promises';
import { caught, checkSignal } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import type { FileSecret, LayerSecrets } from './hit';
import type { LayerFile, OpenLayer } from './layer-files';
import { KeptSums } from './kept-sums';
import { publishedFiles } from './published-files';
import { FileScan } from './scan-file';

/** Bytes between two pauses, in which an abort is noticed. */
const BYTES_AT_ONCE = 16 * 1024 ** 2;

/** Bytes of files that are kept while they are searched. */
const KEPT_BYTES = 16 * 1024 ** 2;

/** Magic numbers of gzip, xz, zstd, bzip2 and zip (file(1), magic "compress" and "archive"). */
const COMPRESSED = /^(?:\x1f\x8b|\xfd7zXZ\x00|\x28\xb5\x2f\xfd|BZh\d|PK\x03\x04)/;

/**
 * Returns the secrets in the files of one layer. Reads the layer once, in bounded memory; a second time only if a large
 * file has secrets, to find out whether a Debian package brought it. Compressed files are counted instead. Fails as
 * reading does, and with `aborted`.
 */
export function secretsOfLayer(open: OpenLayer, signal?: AbortSignal): Promise<Result<LayerSecrets>> {
  return caught('the files of a layer', async () => {
    const hits: FileSecret[] = [];
    let unopened = 0;
    const sums = new KeptSums();
    const pause = pauses(signal);
    for await (const file of open()) {
      if (file.entry.type !== 'file' || file.entry.size === 0) continue;
      const found = await searchFile(file, pause);
      hits.push(...found.secrets);
      sums.add(file.entry.path, found.content, found.secrets.length > 0);
      if (found.isCompressed) unopened++;
    }
    if (hits.length === 0) return { hits, unopened };
    const paths = new Set(hits.map(({ path }) => path));
    const published = sums.publishedFiles(paths) ?? (await publishedFiles(paths, open, signal));
    return {
      hits: hits.map((hit) => (published.has(hit.path) ? { ...hit, published: true } : hit)),
      unopened,
    };
  });
}

interface SearchedFile {
  readonly secrets: readonly FileSecret[];
  readonly isCompressed: boolean;
  /** Undefined if it is large. */
  readonly content: Buffer | undefined;
}

async function searchFile(
  { entry, pieces }: LayerFile,
  pause: (bytes: number) => Promise<void> | undefined,
): Promise<SearchedFile> {
  const scan = new FileScan(entry.path);
  const isKept = entry.size <= KEPT_BYTES;
  const kept: Buffer[] = [];
  let start = '';
  for await (const piece of pieces()) {
    if (start.length < 8) start += Buffer.from(piece.subarray(0, 8)).toString('latin1');
    if (isKept) kept.push(Buffer.from(piece));
    scan.add(piece);
    await pause(piece.length);
  }
  return {
    secrets: scan.secrets(),
    isCompressed: COMPRESSED.test(start),
    content: isKept ? Buffer.concat(kept) : undefined,
  };
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
