import { unpackBytes, type Packing } from '@image-tooling/layer';
import { fail, ok, type Arch, type Failure, type Result } from '@image-tooling/model';
import { downloadBytes, type DownloadOptions } from '../download';
import { addressOf } from './address';
import { keptList, keepList, type ListCache } from './list-cache';
import { mirrorHint, withMirrorHint } from './mirror-hint';
import { readRelease, type IndexFile, type Release, type ReleaseChecks, type Suite } from './release';

/** Larger than any InRelease file (trixie's: 140 KB). */
const MAX_RELEASE_BYTES = 8 * 1024 ** 2;
/** Larger than any Packages file (trixie main: 57 MB unpacked). */
const MAX_LIST_BYTES = 512 * 1024 ** 2;

/** An InRelease file and its content, verified. */
export interface FetchedRelease extends Suite {
  readonly text: string;
  readonly sha256: string;
  readonly release: Release;
}

/** A Packages file as the archive signed it. */
export interface PackageList extends Suite {
  readonly component: string;
  readonly arch: Arch;
  /** Uncompressed. */
  readonly content: Buffer;
}

interface Mirrors {
  readonly mirrors: readonly string[];
}

/**
 * Fetches a suite's InRelease from the first mirror that has one. After a bad signature, no other mirror is
 * tried.
 */
export async function fetchRelease(
  suite: Suite,
  source: Mirrors & ReleaseChecks,
  options: DownloadOptions,
): Promise<Result<FetchedRelease>> {
  if (source.mirrors.length === 0) return fail(noMirror(suite));
  const fetched = await downloadBytes(
    {
      name: `InRelease of ${suite.archive} ${suite.suite}`,
      urls: source.mirrors.map((mirror) => addressOf(mirror, `dists/${suite.suite}/InRelease`)),
      maxBytes: MAX_RELEASE_BYTES,
    },
    options,
  );
  if (!fetched.ok) return fail(noList(fetched.failures[0], suite));
  const text = fetched.value.bytes.toString('utf8');
  const release = await readRelease(text, suite, source);
  return release.ok ? ok({ ...suite, text, sha256: fetched.value.sha256, release: release.value }) : release;
}

export interface IndexOptions extends DownloadOptions {
  /** Has lists of earlier runs. Default: every list is downloaded. */
  readonly cache?: ListCache;
}

/**
 * Returns the Packages file of a component and architecture: from the cache if it has the file with the hash in the
 * release, else from a mirror.
 */
export async function fetchIndex(
  from: FetchedRelease,
  { component, arch }: { readonly component: string; readonly arch: Arch },
  mirrors: Mirrors,
  options: IndexOptions,
): Promise<Result<PackageList>> {
  const folder = `${component}/binary-${arch}`;
  const listed = listedIndex(from.release, folder);
  if (listed === undefined) return fail(notListed(from, folder));
  const { archive, suite } = from;
  const bytes = await listBytes(from, folder, listed, { ...mirrors, ...options });
  if (!bytes.ok) return bytes;
  const content = await unpackBytes(bytes.value, listed.packing, MAX_LIST_BYTES);
  if (!content.ok)
    return fail(unreadable(`${folder}/${listed.fileName} of ${archive} ${suite}`, content.failures[0]));
  return ok({ archive, suite, component, arch, content: content.value });
}

async function listBytes(
  from: FetchedRelease,
  folder: string,
  { file, fileName }: ListedIndex,
  { mirrors, cache, ...options }: IndexOptions & Mirrors,
): Promise<Result<Buffer>> {
  const kept = cache && (await keptList(cache, file.sha256));
  if (kept) return ok(kept);
  const path = from.release.byHash ? `${folder}/by-hash/SHA256/${file.sha256}` : `${folder}/${fileName}`;
  const fetched = await downloadBytes(
    {
      name: `${folder}/${fileName} of ${from.archive} ${from.suite}`,
      urls: mirrors.map((mirror) => addressOf(mirror, `dists/${from.suite}/${path}`)),
      ...file,
      maxBytes: MAX_LIST_BYTES,
    },
    options,
  );
  if (!fetched.ok) return fail(noList(fetched.failures[0], from));
  const { bytes } = fetched.value;
  const put = cache ? await keepList(cache, bytes) : ok(undefined);
  return put.ok ? ok(bytes) : put;
}

const PACKINGS: readonly (readonly [string, Packing])[] = [
  ['Packages.xz', 'xz'],
  ['Packages.gz', 'gzip'],
  ['Packages', 'none'],
];

interface ListedIndex {
  readonly packing: Packing;
  readonly file: IndexFile;
  readonly fileName: string;
}

function listedIndex(release: Release, folder: string): ListedIndex | undefined {
  for (const [fileName, packing] of PACKINGS) {
    const file = release.files.get(`${folder}/${fileName}`);
    if (file) return { packing, file, fileName };
  }
  return undefined;
}

function noList(failure: Failure, { archive, suite }: Suite): Failure {
  if (failure.code !== 'gone') return withMirrorHint(failure, archive);
  return withMirrorHint(failure, archive, `Check whether the archive has the suite "${suite}".`);
}

function noMirror({ archive }: Suite): Failure {
  return {
    code: 'usage',
    message: `The archive "${archive}" has no mirror.`,
    hint: mirrorHint(archive),
  };
}

function notListed({ archive, suite, release }: FetchedRelease, folder: string): Failure {
  return {
    code: 'archive-format',
    message: `The InRelease of ${archive} ${suite} does not list ${folder}/Packages.`,
    hint: `It has the components ${release.components.join(', ')}. Choose suites, components and platforms that the archive has.`,
  };
}

function unreadable(name: string, { code, message }: Failure): Failure {
  return {
    code: code === 'too-large' ? code : 'archive-format',
    message: `${name} can't be unpacked.`,
    hint: 'Report it to the operator of the archive: the signature of the file is valid.',
    details: [message],
  };
}
