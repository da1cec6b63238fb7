import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { mapConcurrent, writeFileAtomic } from '@image-tooling/host';
import { digestOf, ok, type Result } from '@image-tooling/model';
import { recordFile, type StoreLayout } from './layout';
import { readJson } from './records';
import { markUsed } from './used';

/** A workspace that uses the store. */
export interface StoreUser {
  /** Absolute path. */
  readonly root: string;
  /** Time of its last use, in milliseconds since the epoch. */
  readonly usedMs: number;
}

/** Records that the workspace at `root` uses the store. Fails with `disk-full` or `io`. */
export async function recordUser({ users }: StoreLayout, root: string): Promise<Result<void>> {
  const file = recordFile(users, digestOf(root));
  const known = await readJson(file);
  if (rootOf(known) === root && (await markUsed(file))) return ok(undefined);
  return writeFileAtomic(file, JSON.stringify({ root }));
}

/** Returns the workspaces that used the store, the most recent first. */
export async function storeUsers({ users }: StoreLayout): Promise<StoreUser[]> {
  const names = await readdir(users).catch((): string[] => []);
  const found = await mapConcurrent(names, async (name): Promise<StoreUser[]> => {
    const file = join(users, name);
    const root = rootOf(await readJson(file));
    const used = await stat(file).catch(() => undefined);
    return root === undefined || !used ? [] : [{ root, usedMs: used.mtimeMs }];
  });
  return found.flat().sort((a, b) => b.usedMs - a.usedMs || (a.root < b.root ? -1 : 1));
}

function rootOf(record: unknown): string | undefined {
  const root = (record as { root?: unknown } | null | undefined)?.root;
  return typeof root === 'string' && isAbsolute(root) ? root : undefined;
}
