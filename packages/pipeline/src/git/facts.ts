import { ok, type GitFacts, type Result } from '@image-tooling/model';
import { git, type GitPlace } from './run-git';

/** What git knows about a workspace, with ignored files. */
export interface WorkspaceGit extends GitFacts {
  /**
   * Paths of untracked files that are ignored, relative to the workspace; of whole folders, with a slash at
   * the end.
   */
  readonly ignored: readonly string[];
}

const STATUS = ['status', '--porcelain', '-z', '--untracked-files=all', '--ignored=matching', '--', '.'];

/**
 * Returns the commit, branch, uncommitted and ignored files of a workspace. Fails with `not-publishable` if
 * it is not in git.
 */
export async function gitFacts(place: GitPlace): Promise<Result<WorkspaceGit>> {
  const commit = await git(place, ['log', '-1', '--no-show-signature', '--format=%H %ct']);
  if (!commit.ok) return commit;
  const status = await git(place, STATUS);
  if (!status.ok) return status;
  const where = await git(place, ['rev-parse', '--show-prefix', '--symbolic-full-name', 'HEAD']);
  if (!where.ok) return where;
  const [id = '', time = ''] = commit.value.trim().split(' ');
  const { prefix, branch } = placeInRepository(where.value);
  return ok({
    commit: { id, time: Number(time) },
    ...(branch !== undefined && { branch }),
    ...changedPaths(status.value, prefix),
  });
}

/** Reads two lines: the workspace's folder in the repository, and the full name of HEAD, `HEAD` without a branch. */
function placeInRepository(lines: string): { prefix: string; branch: string | undefined } {
  const [, prefix = '', head = ''] = /^(.*)\n([^\n]*)\n$/s.exec(lines) ?? [];
  return { prefix, branch: /^refs\/heads\/(.*)$/.exec(head)?.[1] };
}

/**
 * Returns the paths in `git status --porcelain -z` (git-status(1), "Porcelain Format Version 1"): two
 * letters, a space, the path; of a rename the old path follows as an entry of its own. They are relative to
 * the repository, not to `prefix`.
 */
export function changedPaths(status: string, prefix: string): Pick<WorkspaceGit, 'uncommitted' | 'ignored'> {
  const paths = { uncommitted: [] as string[], ignored: [] as string[] };
  const entries = status.split('\0');
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at] as string;
    if (entry === '') continue;
    const kind = entry.startsWith('!!') ? 'ignored' : 'uncommitted';
    paths[kind].push(entry.slice(3));
    if (/[RC]/.test(entry.slice(0, 2))) paths[kind].push(entries[++at] as string);
  }
  return { uncommitted: below(prefix, paths.uncommitted), ignored: below(prefix, paths.ignored) };
}

/** Returns the repository's paths that are in the workspace, relative to it. */
function below(prefix: string, paths: readonly string[]): string[] {
  const isIn = (path: string) => path.startsWith(prefix) || (path.endsWith('/') && prefix.startsWith(path));
  return paths
    .filter(isIn)
    .map((path) => path.slice(prefix.length))
    .sort();
}
