import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that may be written to, several folders deep in one that may not. */
export interface WatchedFolder {
  readonly path: string;
  /** Throws where anything was written around the folder; empties it. */
  check(): Promise<void>;
  remove(): Promise<void>;
}

const BELOW = 'a/b/c/d';
const GUARD = 'guard';

/** Makes a folder from which "../../.." leads to places that are watched too. */
export async function watchedFolder(): Promise<WatchedFolder> {
  const outer = await mkdtemp(join(tmpdir(), 'fuzz-'));
  const path = join(outer, BELOW);
  await mkdir(path, { recursive: true });
  await writeFile(join(outer, GUARD), GUARD);
  const expected = (await around(outer)).join();
  return {
    path,
    async check() {
      const found = await around(outer);
      const guard = await readFile(join(outer, GUARD), 'utf8').catch(() => 'gone');
      if (found.join() !== expected || guard !== GUARD)
        throw new Error(`something was written outside of the folder: ${found.join(', ')}`);
      for (const name of await readdir(path)) await rm(join(path, name), { recursive: true });
    },
    remove: () => rm(outer, { recursive: true, force: true }),
  };
}

async function around(outer: string): Promise<string[]> {
  const all = await readdir(outer, { recursive: true });
  return all.filter((name) => !name.startsWith(`${BELOW}/`)).sort();
}
