import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '@image-tooling/model';
import { caught } from '@image-tooling/host';
import { takeFromArchive, type TakenFiles } from '../archive-file';
import { readDeb } from './deb';
import type { FetchedDeb } from './fetch-debs';

export interface DebTake {
  readonly deb: FetchedDeb;
  /** Path in the package ("usr/bin/git-lfs") → path below the folder they go to. */
  readonly files: Readonly<Record<string, string>>;
  /** An empty folder for unpacked files: the returned entries point into it. */
  readonly into: string;
  readonly signal: AbortSignal;
  /** Gets a line about skipped entries. */
  readonly note?: (line: string) => void;
}

/**
 * Takes files out of one Debian package, with its copyright file. Fails as `readDeb` and `takeFromArchive`
 * do.
 */
export async function takeFromDeb({ deb, files, into, signal, note }: DebTake): Promise<Result<TakenFiles>> {
  const name = `${deb.name} ${deb.version} (${deb.architecture})`;
  const plainTo = join(into, 'plain.deb');
  const made = await caught(into, () => mkdir(into, { recursive: true }));
  if (!made.ok) return made;
  const read = await readDeb({ file: deb.file, name, plainTo, sha256: deb.sha256 });
  if (!read.ok) return read;
  return takeFromArchive({
    name: `the package ${name}`,
    archive: { file: plainTo, part: read.value.data },
    format: 'tar',
    files,
    into: join(into, 'files'),
    signal,
    // Absolute links in a package are relative to the root of the system.
    absoluteLinks: 'inside',
    ...(note && { note }),
  });
}
