import { createHash } from 'node:crypto';
import { checkSignal } from '@image-tooling/host';
import type { LayerFile, OpenLayer } from './layer-files';

/** dpkg(1): a package's hashes, "<md5>  <path>" a line. */
const SUMS = /^var\/lib\/dpkg\/info\/[^/]+\.md5sums$/;
const SUM = /^(?<md5>[0-9a-f]{32}) {2}(?<path>.+)$/;

/** Its "Conffiles" have lines " /<path> <md5>". */
const STATUS = 'var/lib/dpkg/status';
const CONFFILE = /^ \/(?<path>\S+) (?<md5>[0-9a-f]{32})/;

/** Bytes; a status of all of Debian's packages has 80 MB. */
const LARGEST = 128 * 1024 ** 2;

/**
 * Returns those of the paths that a Debian package of this layer brought as they are. Compiled Python counts as its
 * source does. md5 is enough: dpkg's own list is compared with files of the same layer, to tell what everyone can
 * download from what only this image has.
 */
export async function publishedFiles(
  paths: ReadonlySet<string>,
  open: OpenLayer,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const sources = new Set([...paths].map(sourceOf));
  const listed = new Map<string, string>();
  const present = new Map<string, string>();
  for await (const file of open()) {
    checkSignal(signal);
    const { path, type, size } = file.entry;
    if (type !== 'file') continue;
    if (sources.has(path)) present.set(path, await md5Of(file));
    else if (size <= LARGEST && isListOfSums(path))
      for (const [of, md5] of sumsIn(path, await textOf(file))) if (sources.has(of)) listed.set(of, md5);
  }
  return unchanged(paths, present, listed);
}

/** Returns paths whose source has the md5 that a package lists. */
export function unchanged(
  paths: ReadonlySet<string>,
  present: ReadonlyMap<string, string>,
  listed: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const isPublished = (path: string): boolean => present.has(path) && present.get(path) === listed.get(path);
  return new Set([...paths].filter((path) => isPublished(sourceOf(path))));
}

/** Returns whether a file says which md5 files of packages have. */
export function isListOfSums(path: string): boolean {
  return path === STATUS || SUMS.test(path);
}

async function textOf({ pieces }: LayerFile): Promise<string> {
  const parts: string[] = [];
  for await (const piece of pieces()) parts.push(Buffer.from(piece).toString('latin1'));
  return parts.join('');
}

/** Returns the md5 of each file in a list, whose text is in latin1. */
export function sumsIn(path: string, list: string): [path: string, md5: string][] {
  const line = path === STATUS ? CONFFILE : SUM;
  return list.split('\n').flatMap((text): [string, string][] => {
    const { path, md5 } = line.exec(text)?.groups ?? {};
    return path === undefined || md5 === undefined ? [] : [[path, md5]];
  });
}

/** "a/__pycache__/b.cpython-313.pyc" is compiled from "a/b.py" when the package is installed (PEP 3147). */
export function sourceOf(path: string): string {
  return path.replace(/__pycache__\/([^/.]+)\.cpython-\d+(?:\.opt-\d)?\.pyc$/, '$1.py');
}

async function md5Of({ pieces }: LayerFile): Promise<string> {
  const hash = createHash('md5');
  for await (const piece of pieces()) hash.update(piece);
  return hash.digest('hex');
}
