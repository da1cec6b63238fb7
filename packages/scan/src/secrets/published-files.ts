import { createHash } from 'node:crypto';
import type { ContentReader, TarEntry } from '@image-tooling/layer';

/** dpkg(1): a package's hashes, "<md5>  <path>" a line. */
const SUMS = /^var\/lib\/dpkg\/info\/[^/]+\.md5sums$/;

/** Its "Conffiles" have lines " /<path> <md5>". */
const STATUS = 'var/lib/dpkg/status';

/** Bytes; libc6 has 20 KB, and a status of all of Debian's packages 80 MB. */
const LARGEST = 128 * 1024 ** 2;

/**
 * Returns those of the paths that a Debian package of this layer brought as they are. Compiled Python counts as its
 * source does. Its md5 is enough: dpkg's own list is compared with files of the same layer, to tell what everyone can
 * download from what only this image has.
 */
export async function publishedFiles(
  paths: ReadonlySet<string>,
  entries: readonly TarEntry[],
  reader: ContentReader,
): Promise<ReadonlySet<string>> {
  const files = entries.filter(({ type }) => type === 'file');
  const listed = listedSums(files, reader, new Set([...paths].map(sourceOf)));
  const unchanged = new Set<string>();
  for (const entry of files) {
    const sum = listed.get(entry.path);
    if (sum !== undefined && sum === (await md5Of(entry, reader))) unchanged.add(entry.path);
  }
  return new Set([...paths].filter((path) => unchanged.has(sourceOf(path))));
}

function listedSums(
  files: readonly TarEntry[],
  reader: ContentReader,
  wanted: ReadonlySet<string>,
): Map<string, string> {
  const sums = new Map<string, string>();
  for (const entry of files) {
    const isStatus = entry.path === STATUS;
    if ((!isStatus && !SUMS.test(entry.path)) || entry.size > LARGEST) continue;
    const text = Buffer.from(reader.head(entry, entry.size)).toString('latin1');
    const lines = isStatus ? / \/(?<path>\S+) (?<md5>[0-9a-f]{32})/ : /^(?<md5>[0-9a-f]{32}) {2}(?<path>.+)$/;
    for (const line of text.split('\n')) {
      const { path, md5 } = lines.exec(line)?.groups ?? {};
      if (path !== undefined && md5 !== undefined && wanted.has(path)) sums.set(path, md5);
    }
  }
  return sums;
}

/** "a/__pycache__/b.cpython-313.pyc" is compiled from "a/b.py" when the package is installed (PEP 3147). */
function sourceOf(path: string): string {
  return path.replace(/__pycache__\/([^/.]+)\.cpython-\d+(?:\.opt-\d)?\.pyc$/, '$1.py');
}

async function md5Of(entry: TarEntry, reader: ContentReader): Promise<string> {
  const hash = createHash('md5');
  for await (const piece of reader.pieces(entry)) hash.update(piece);
  return hash.digest('hex');
}
