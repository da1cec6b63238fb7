import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { caught } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import { byBytes, toText } from '@image-tooling/layer';

/** What a `rootfs/` folder has on this machine and no clone of it: git keeps none of these. Paths are below the folder. */
export interface RootfsLosses {
  /** Files and folders with setuid, setgid or sticky bits, and their permission bits. */
  readonly special: readonly { readonly path: string; readonly mode: number }[];
  /** Names of one file (hard links), each list with two or more. */
  readonly linked: readonly (readonly string[])[];
}

/** Finds what is lost between a folder and its layer (see `filesFromFolder`). Fails with `io`. */
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

/** In the order of names. What is no UTF-8 can't be named in image.json. */
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
