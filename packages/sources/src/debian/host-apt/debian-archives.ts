import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno, readWithin, unreadFailure } from '@image-tooling/host';
import { all, fail, ok, type Result } from '@image-tooling/model';
import { DEFAULT_MIRRORS } from './default-mirrors';
import { hostMirrors, type AptConfiguration } from './host-mirrors';
import type { DebianArchive } from './suites';
import type { ArchiveSources } from '../archive';
import type { Suite } from '../release';

/** Debian's service with every past state of its archives (snapshot.debian.org, "usage"). */
const SNAPSHOT = 'https://snapshot.debian.org/archive';

const DEBIAN_ARCHIVES: readonly DebianArchive[] = ['debian', 'debian-security'];

/** Returns the suites of an image from `{ "debian": codename }`. */
export function debianSuites(codename: string): Suite[] {
  return [
    { archive: 'debian', suite: codename },
    { archive: 'debian', suite: `${codename}-updates` },
    { archive: 'debian-security', suite: `${codename}-security` },
  ];
}

export interface DebianOptions {
  /** Folder with one folder of armoured keys an archive: `trust/debian/*.asc`. */
  readonly trustFolder: string;
  /** Tried before the host's own mirrors, by archive. */
  readonly mirrors?: Partial<Readonly<Record<string, readonly string[]>>>;
  readonly apt?: AptConfiguration;
  /** Base address of the snapshot archive; `null` to use no snapshot archive. */
  readonly snapshot?: string | null;
}

/**
 * Returns Debian's archives with their servers in order: configured mirrors, the host's own, public ones, the
 * snapshot archive. Fails with `io` if an archive has no trusted keys.
 */
export async function debianArchives(options: DebianOptions): Promise<Result<ArchiveSources>> {
  const host = await hostMirrors(options.apt);
  const snapshot = options.snapshot === undefined ? SNAPSHOT : options.snapshot;
  const sources: Record<string, ArchiveSources[string]> = {};
  for (const archive of DEBIAN_ARCHIVES) {
    const trustedKeys = await readTrustedKeys(options.trustFolder, archive);
    if (!trustedKeys.ok) return trustedKeys;
    sources[archive] = {
      mirrors: [
        ...new Set([...(options.mirrors?.[archive] ?? []), ...host[archive], ...DEFAULT_MIRRORS[archive]]),
      ],
      ...(snapshot !== null && { snapshot: `${snapshot}/${archive}` }),
      trustedKeys: trustedKeys.value,
    };
  }
  return ok(sources);
}

/**
 * Reads the armoured public keys of an archive, from `<folder>/<archive>/*.asc`. Fails with `io` if there are no keys, and for each that can't be read; with `too-large` for a file of more than 1 MiB.
 */
export async function readTrustedKeys(trustFolder: string, archive: string): Promise<Result<string[]>> {
  const folder = join(trustFolder, archive);
  const listed = await namesIn(folder);
  if (!listed.ok) return listed;
  const names = listed.value.filter((name) => name.endsWith('.asc')).sort();
  if (names.length === 0)
    return fail({
      code: 'io',
      message: `There is no key of the archive "${archive}" in ${folder}: expected armoured public keys, *.asc.`,
      hint: 'Put the keys that sign its InRelease files there (see trust/README.md).',
    });
  return all(await Promise.all(names.map((name) => readKey(join(folder, name)))));
}

async function namesIn(folder: string): Promise<Result<string[]>> {
  try {
    return ok(await readdir(folder));
  } catch (error) {
    return isErrno(error) && error.code === 'ENOENT' ? ok([]) : fail(unreadFailure(error, folder));
  }
}

/** Far larger than a file with all keys of an archive. */
const MOST_KEY_BYTES = 1024 * 1024;

async function readKey(path: string): Promise<Result<string>> {
  try {
    return ok((await readWithin(path, MOST_KEY_BYTES)).toString());
  } catch (error) {
    return fail(unreadFailure(error, path));
  }
}
