import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { mapConcurrent } from '@image-tooling/host';
import { REMOVED, rewriteTar } from '@image-tooling/layer';
import { digestOf, hexOf } from '@image-tooling/model';
import {
  fetchDebs,
  readAr,
  readDeb,
  type ArchivePackage,
  type ArchiveSources,
  type Downloader,
  type FetchedDeb,
} from '@image-tooling/sources';
import { gathered, keptFile, SILENT, valueOf } from '../helpers';
import { writeAr } from './ar-writer';
import { folderCache } from './folder-cache';

/** Change it with what is left out: kept packages are made again. */
const VERSION = 1;

/** No maintainer script reads these files, half of a new system; tzdata's reads Etc/UTC. */
const LEFT_OUT =
  /^usr\/share\/(bash-completion|bug|doc\/[^/]+|info|lintian|locale|man|zoneinfo)\/(?!copyright$|Etc|UTC)./;

/** A package that is smaller than Debian's. */
export interface LeanPackage {
  /** Its stanza in a Packages file. */
  readonly stanza: string;
  readonly content: Buffer;
}

export interface LeanOptions {
  readonly archives: ArchiveSources;
  readonly http: Downloader;
  /** Of the archive; in seconds since the epoch. */
  readonly time: number;
}

/**
 * Returns Debian's packages without manuals, translations and the like, packed by gzip: a system of them is built in
 * half the time. They are made once on a machine. The keys are the sha256 of Debian's.
 */
export async function leanPackages(
  packages: readonly ArchivePackage[],
  options: LeanOptions,
): Promise<Map<string, LeanPackage>> {
  const made = await mapConcurrent(packages, async (found) => {
    const path = await keptFile(`lean-${VERSION}-${found.sha256}.deb`, async (work) => {
      const lean = join(work, 'lean.deb');
      await writeFile(lean, await withoutFiles(await fetched(found, work, options), work));
      return lean;
    });
    const content = await readFile(path);
    return [found.sha256, { stanza: stanzaOf(found, content), content }] as const;
  });
  return new Map(made);
}

async function fetched(found: ArchivePackage, workFolder: string, options: LeanOptions): Promise<FetchedDeb> {
  const context = { signal: new AbortController().signal, progress: SILENT };
  const request = { ...options, cache: folderCache(workFolder), workFolder, label: found.name };
  const [deb] = valueOf(await fetchDebs([found], request, context));
  if (deb === undefined) throw new Error(`${found.name} was not fetched.`);
  return deb;
}

async function withoutFiles({ file, name, sha256 }: FetchedDeb, work: string): Promise<Buffer> {
  const plainTo = join(work, 'plain.deb');
  const { data } = valueOf(await readDeb({ file, name, sha256, plainTo }));
  const plain = await readFile(plainTo);
  const tar = Readable.from([plain.subarray(data.offset, data.offset + data.length)]);
  const kept = rewriteTar(tar, name, ({ path }) => (LEFT_OUT.test(path) ? REMOVED : 'unchanged'));
  const packed = await promisify(gzip)(await gathered(kept));
  const others = readAr(plain).filter(({ name }) => name !== 'data.tar');
  return writeAr([...others, { name: 'data.tar.gz', data: packed }]);
}

/** Without other checksums, which would be wrong. */
function stanzaOf({ raw }: ArchivePackage, content: Buffer): string {
  const lines = raw.trimEnd().split('\n');
  const others = lines.filter((line) => !/^(Size|MD5sum|SHA1|SHA256|SHA512):/.test(line));
  return [...others, `Size: ${content.length}`, `SHA256: ${hexOf(digestOf(content))}`, '', ''].join('\n');
}
