import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn, plannedIn, type Names } from './needs';
import type { StoreRun } from './run';

/** A workspace that uses the store, and all that its files name and ask for. */
export interface KnownWorkspace {
  readonly root: string;
  readonly names: Names;
}

/** The workspace at the current folder, if it is one, and those that used the store since `sinceMs`. */
export async function knownWorkspaces(run: StoreRun, sinceMs: number): Promise<KnownWorkspace[]> {
  const { store, cwd } = run;
  const users = (await store.users()).filter(({ usedMs }) => usedMs >= sinceMs).map(({ root }) => root);
  const roots = [...new Set([cwd, ...users])].filter((root) => existsSync(join(root, 'nx.json')));
  return Promise.all(
    roots.map(async (root) => ({
      root,
      names: new Set([...(await namesIn(root)), ...(await plannedIn(root, run))]),
    })),
  );
}

/** All that any of the workspaces names. */
export function namesOf(workspaces: readonly KnownWorkspace[]): Names {
  return new Set(workspaces.flatMap(({ names }) => [...names]));
}
