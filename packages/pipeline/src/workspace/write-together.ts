import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { finishFilesTogether, writeFilesTogether } from '@image-tooling/host';
import { digestOf, fail, hexOf, ok, type Failure, type Result, type RunContext } from '@image-tooling/model';
import type { Store } from '@image-tooling/oci';

/** Where definitions and locks of a workspace are written. */
export interface WorkspaceWriter {
  readonly root: string;
  readonly store: Store;
  readonly context: RunContext;
}

/** Is in the folder that workspaces ignore in git, and that Nx does not hash. */
const JOURNAL = join('.nx', 'image-tooling-unfinished.json');

/** Runs `work` while no other process writes definitions or locks of the workspace. */
export function whileWriting<T>(
  { root, store, context }: WorkspaceWriter,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> {
  return store.lock(`locks of ${basename(root)} ${hexOf(digestOf(root)).slice(0, 16)}`, context, work);
}

/**
 * Writes definitions and locks, all or none, also if the process is killed; see `writeFilesTogether`. The caller is
 * within `whileWriting`.
 *
 * @param files contents by path below the workspace
 */
export async function writeTogether(
  { root }: Pick<WorkspaceWriter, 'root'>,
  files: Readonly<Record<string, string>>,
): Promise<Result<void>> {
  // Of a process that was killed since this one began.
  const finished = await finishFilesTogether(root, join(root, JOURNAL));
  return finished.ok ? writeFilesTogether({ root, journal: join(root, JOURNAL), files }) : finished;
}

/**
 * Finishes what a killed process wrote in part, if this command may write definitions. Another command fails with
 * `lock-stale`: Nx has hashed the files as they are.
 */
export async function settleUnfinished(
  writer: WorkspaceWriter,
  { mayWrite }: { readonly mayWrite: boolean },
): Promise<Result<void>> {
  const isThere = (): boolean => existsSync(join(writer.root, JOURNAL));
  if (!isThere()) return ok(undefined);
  // Waits for a process that is writing now.
  return whileWriting(writer, async () => {
    if (!isThere()) return ok(undefined);
    if (!mayWrite) return fail(UNFINISHED);
    const finished = await finishFilesTogether(writer.root, join(writer.root, JOURNAL));
    if (!finished.ok) return finished;
    writer.context.progress.note(`Finished an interrupted command: wrote ${finished.value.join(', ')}`);
    return ok(undefined);
  });
}

const UNFINISHED: Failure = {
  code: 'lock-stale',
  message:
    'A command that writes definitions and locks was interrupted: some of its files are not written yet.',
  hint: 'Run "image-tooling update --finish", which writes the rest.',
  place: { file: JOURNAL },
};
