import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caught, discard } from '@image-tooling/host';
import { commandLine, fail, ok, type Failed, type Result } from '@image-tooling/model';
import { git, type GitPlace } from './run-git';

/**
 * Returns the commit that a branch, tag or commit has in common with HEAD, as `nx affected` compares; in a clone without
 * enough history the commit itself. Fails with `unknown-reference` if there is no such name.
 */
export async function commonCommit(place: GitPlace, ref: string): Promise<Result<string>> {
  const named = await git(place, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  if (!named.ok) return unknownRef(ref, named);
  const commit = named.value.trim();
  const base = await git(place, ['merge-base', 'HEAD', commit]);
  return ok(base.ok ? base.value.trim() : commit);
}

function unknownRef(ref: string, { failures }: Failed): Failed {
  const [remote = '', ...branch] = ref.split('/');
  const fetch = branch.length > 0 ? [remote, branch.join('/')] : ['origin', ref];
  return fail({
    code: 'unknown-reference',
    message: `git knows no branch, tag or commit "${ref}" here.`,
    hint: `If it is a branch of a remote, run: ${commandLine(['git', 'fetch', ...fetch])}`,
    ...(failures[0].details && { details: failures[0].details }),
  });
}

/**
 * Runs `work` with a temporary folder that has files of a commit as a checkout would write them. Changes neither the
 * work tree nor git's index. Fails as git does, with `disk-full` or `io`, and as `work` does.
 *
 * @param paths relative to the workspace; those that the commit lacks are left out
 */
export async function withCommitFiles<T>(
  place: GitPlace,
  commit: string,
  paths: readonly string[],
  work: (root: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  const files = await openCommitFiles(place, commit, paths);
  if (!files.ok) return files;
  try {
    return await work(files.value.root);
  } finally {
    await files.value.remove();
  }
}

/** Files of a commit in a temporary folder. */
export interface CommitFiles {
  /** The folder of the workspace. */
  readonly root: string;
  remove(): Promise<void>;
}

/** As `withCommitFiles`, for files that are needed until the caller removes them. */
export async function openCommitFiles(
  place: GitPlace,
  commit: string,
  paths: readonly string[],
): Promise<Result<CommitFiles>> {
  const folder = await caught('a temporary folder', () => mkdtemp(join(tmpdir(), 'image-tooling-commit-')));
  if (!folder.ok) return folder;
  const remove = (): Promise<void> => discard(folder.value);
  const written = await writeCommit(place, commit, paths, folder.value);
  if (written.ok) return ok({ root: written.value, remove });
  await remove();
  return written;
}

/** Returns the folder of the workspace, which may lie below the root of its repository. */
async function writeCommit(
  place: GitPlace,
  commit: string,
  paths: readonly string[],
  folder: string,
): Promise<Result<string>> {
  const own: GitPlace = { ...place, env: { ...place.env, GIT_INDEX_FILE: join(folder, 'index') } };
  const read = await git(own, ['read-tree', commit]);
  if (!read.ok) return read;
  const prefix = await git(own, ['rev-parse', '--show-prefix']);
  const listed = await git(own, ['ls-files', '-z', '--', ...paths.map((path) => `:(literal)${path}`)]);
  if (!prefix.ok || !listed.ok) return prefix.ok ? listed : prefix;
  const root = join(folder, 'files', prefix.value.replace(/\n$/, ''));
  const made = await caught(root, () => mkdir(root, { recursive: true }));
  if (!made.ok) return made;
  const checkout = ['checkout-index', '-z', '--stdin', `--prefix=${join(folder, 'files')}/`];
  const written = await git(own, checkout, listed.value);
  return written.ok ? ok(root) : written;
}
