import { ok, type MainCommit, type MergedCommit, type Result } from '@image-tooling/model';
import { git, type GitPlace } from './run-git';

/**
 * Returns the commits of a branch along first parents, the newest first; without those that `without` contains. Fails
 * as `git` does.
 */
export async function firstParents(
  place: GitPlace,
  ref: string,
  without?: string,
): Promise<Result<string[]>> {
  const range = without === undefined ? [ref] : [ref, `^${without}`];
  const listed = await git(place, ['rev-list', '--first-parent', '--end-of-options', ...range]);
  return listed.ok ? ok(listed.value.split('\n').filter((id) => id !== '')) : listed;
}

/** Paths relative to the workspace, also if it is below the root of its repository. */
const CHANGED_PATHS = ['--name-only', '--no-renames', '--relative', '--no-show-signature', '-z'];

/** Returns up to `count` commits along first parents from `id`, with what each changed. Fails as `git` does. */
export async function mainCommits(place: GitPlace, id: string, count: number): Promise<Result<MainCommit[]>> {
  const line = ['--first-parent', '--diff-merges=first-parent', `--max-count=${count}`];
  const logged = await git(place, ['log', ...line, ...CHANGED_PATHS, `--format=tformat:${MARK}%H`, id]);
  if (!logged.ok) return logged;
  return ok(commitsIn(logged.value).map(({ id, words }) => ({ id, paths: pathsIn(words) })));
}

/**
 * Returns the commits that a commit of main brought: those of the merged branch, or itself if it merged nothing. Fails
 * as `git` does.
 */
export async function mergedCommits(place: GitPlace, id: string): Promise<Result<MergedCommit[]>> {
  const parents = await git(place, ['rev-list', '--parents', '--max-count=1', id]);
  if (!parents.ok) return parents;
  const [, first, ...others] = parents.value.trim().split(' ');
  const range = others.length === 0 ? ['--max-count=1', id] : ['--no-merges', ...others, `^${first ?? ''}`];
  const logged = await git(place, ['log', ...CHANGED_PATHS, `--format=tformat:${MARK}%H%x00%B`, ...range]);
  if (!logged.ok) return logged;
  return ok(
    commitsIn(logged.value).map(({ words: [message = '', ...paths] }) => ({
      message,
      paths: pathsIn(paths),
    })),
  );
}

/** Begins each commit, since messages and paths may have line breaks. */
const MARK = '%x01';
const HEAD = /^\x01([0-9a-f]{40,64})$/;

interface Logged {
  readonly id: string;
  readonly words: string[];
}

function commitsIn(output: string): Logged[] {
  const commits: Logged[] = [];
  for (const word of output.split('\0')) {
    const id = HEAD.exec(word)?.[1];
    if (id === undefined) commits.at(-1)?.words.push(word);
    else commits.push({ id, words: [] });
  }
  return commits;
}

/** git writes a line break before the first path. */
function pathsIn(words: readonly string[]): string[] {
  return words.map((word, at) => (at === 0 ? word.replace(/^\n/, '') : word)).filter((word) => word !== '');
}
