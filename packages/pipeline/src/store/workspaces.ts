import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno, unreadFailure } from '@image-tooling/host';
import type { Failure } from '@image-tooling/model';
import { needsOf, type Names, type Needs } from './needs';
import type { StoreRun } from './run';

/** A workspace that uses the store, and its needs. */
export interface KnownWorkspace extends Needs {
  readonly root: string;
}

/**
 * Returns the workspace at the current folder, if there is one, and those that used the store since
 * `sinceMs`.
 */
export async function knownWorkspaces(run: StoreRun, sinceMs: number): Promise<KnownWorkspace[]> {
  const { store, cwd } = run;
  const users = (await store.users()).filter(({ usedMs }) => usedMs >= sinceMs).map(({ root }) => root);
  const roots = [...new Set([cwd, ...users])];
  const found: KnownWorkspace[] = [];
  for (const root of roots) found.push(...(await workspaceAt(root, run)));
  return found;
}

/** Returns everything that any of the workspaces names. */
export function namesOf(workspaces: readonly KnownWorkspace[]): Names {
  return new Set(workspaces.flatMap(({ names }) => [...names]));
}

/** Returns failures of unreadable files, with their workspace. */
export function unreadIn(workspaces: readonly KnownWorkspace[]): Failure[] {
  return workspaces.flatMap(({ root, unread }) =>
    unread.map(({ message, hint, ...failure }) => ({
      ...failure,
      message: `Unknown what the workspace ${root} needs: ${message}`,
      ...(hint !== undefined && { hint: `${hint} Or remove that workspace.` }),
    })),
  );
}

/** Warns about unreadable files, for commands that continue without them. */
export function noteUnread({ context }: Pick<StoreRun, 'context'>, unread: readonly Failure[]): void {
  unread.forEach((failure) => context.progress.note(failure.message));
}

/** A moved or deleted workspace needs nothing; an unreadable one may need anything. */
async function workspaceAt(root: string, run: StoreRun): Promise<KnownWorkspace[]> {
  const file = join(root, 'nx.json');
  try {
    await stat(file);
    return [{ root, ...(await needsOf(root, run)) }];
  } catch (error) {
    if (isErrno(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    return [{ root, names: new Set(), unread: [unreadFailure(error, file)] }];
  }
}
