import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { caught } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { runGit } from '../../git/run-git';
import type { CommitFound, CommitPlace } from './commit';

/** Files of a commit. */
export interface Checkout {
  /** Absolute. */
  readonly folder: string;
  /** Folders with a nx.json, relative to it; "" is the folder itself. */
  readonly workspaces: readonly string[];
}

/** A checkout writes files, and may convert large ones. */
const SECONDS = 600;

/**
 * As committed: without hooks, conversions of line ends, and settings of the user's own checkout. None of it is written
 * to the repository that has the commit.
 */
const SETTINGS = [
  ...[
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'core.sparseCheckout=false',
    'core.splitIndex=false',
  ],
  ...['core.autocrlf=false', 'core.eol=lf', 'core.symlinks=true', 'core.fileMode=true', 'core.bare=false'],
].flatMap((one) => ['-c', one]);

/** Writes the files of a commit into a folder of its own. Fails with `command-failed`, and as running git does. */
export async function checkOut(
  { env, context, folder }: CommitPlace,
  { gitFolder, commit }: CommitFound,
): Promise<Result<Checkout>> {
  const files = join(folder, 'workspace');
  const made = await caught(files, () => mkdir(files, { recursive: true }));
  if (!made.ok) return made;
  const git = async (...args: readonly string[]): Promise<Result<string>> => {
    const ended = await runGit([...SETTINGS, `--git-dir=${gitFolder}`, `--work-tree=${files}`, ...args], {
      env: { ...env, GIT_INDEX_FILE: join(folder, 'index') },
      signal: context.signal,
      timeoutSeconds: SECONDS,
    });
    if (!ended.ok) return ended;
    return ended.value.exitCode === 0 ? ok(ended.value.stdout) : refused(commit, ended.value.stderr);
  };
  const read = await git('read-tree', commit);
  if (!read.ok) return read;
  const written = await git('checkout-index', '--all', '--force', '--quiet');
  if (!written.ok) return written;
  const found = await git('ls-files', '-z', '--', ':(top,glob)**/nx.json');
  return found.ok ? ok({ folder: files, workspaces: foldersOf(found.value) }) : found;
}

/** Shortest first: test data may have workspaces of its own. */
function foldersOf(list: string): string[] {
  const files = list.split('\0').filter((path) => path !== '');
  return files
    .map((path) => path.slice(0, -'nx.json'.length).replace(/\/$/, ''))
    .sort((a, b) => a.length - b.length);
}

function refused(commit: string, stderr: string): Result<never> {
  return fail({
    code: 'command-failed',
    message: `git does not write the files of commit ${commit}.`,
    hint: 'Fix the error below; the clone may be incomplete or damaged.',
    details: stderr.trim().split('\n').slice(-5),
  });
}
