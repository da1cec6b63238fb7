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
  const branch = await git(place, ['branch', '--show-current']);
  if (!branch.ok) return branch;
  const status = await git(place, STATUS);
  if (!status.ok) return status;
  const prefix = await git(place, ['rev-parse', '--show-prefix']);
  if (!prefix.ok) return prefix;
  const [id = '', time = ''] = commit.value.trim().split(' ');
  const name = branch.value.trim();
  return ok({
    commit: { id, time: Number(time) },
    ...(name !== '' && { branch: name }),
    ...changedPaths(status.value, prefix.value.replace(/\n$/, '')),
  });
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
