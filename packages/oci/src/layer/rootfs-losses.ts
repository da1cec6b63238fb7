import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { caught } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import { byBytes, toText } from '@image-tooling/layer';

/** Properties of a `rootfs/` folder that git does not store, so that clones lack them. Paths are below the folder. */
export interface RootfsLosses {
  /** Files and folders with setuid, setgid or sticky bits, and their permission bits. */
  readonly special: readonly { readonly path: string; readonly mode: number }[];
  /** Lists of names of one file (hard links). */
  readonly linked: readonly (readonly string[])[];
}

/** Finds the properties of a folder that its layer lacks (see `filesFromFolder`). Fails with `io`. */
export async function rootfsLosses(folder: string): Promise<Result<RootfsLosses>> {
  return caught(folder, async () => {
    const found = [...entriesBelow(folder)];
    const special = found.filter(({ stats }) => !stats.isSymbolicLink() && (stats.mode & SPECIAL_BITS) !== 0);
    return {
      special: special.map(({ path, stats }) => ({ path, mode: stats.mode & 0o7777 })),
      linked: linkedNames(found),
    };
  });
}

/** setuid, setgid and sticky (POSIX <sys/stat.h>). */
const SPECIAL_BITS = 0o7000;

interface Found {
  readonly path: string;
  readonly stats: Stats;
}

/** Sorted by name. Names that are not UTF-8 can't be written in image.json. */
function* entriesBelow(folder: string, above = ''): Generator<Found> {
  const names = readdirSync(`${folder}/${above}`, { encoding: 'latin1' }).sort(byBytes);
  for (const name of names) {
    const text = toText(name);
    if (text === undefined) continue;
    const path = above + text;
    const stats = lstatSync(`${folder}/${path}`);
    yield { path, stats };
    if (stats.isDirectory()) yield* entriesBelow(folder, `${path}/`);
  }
}

function linkedNames(found: readonly Found[]): string[][] {
  const byFile = new Map<string, string[]>();
  for (const { path, stats } of found) {
    if (!stats.isFile() || stats.nlink < 2) continue;
    const file = `${stats.dev} ${stats.ino}`;
    byFile.set(file, [...(byFile.get(file) ?? []), path]);
  }
  return [...byFile.values()].filter((names) => names.length > 1);
}
