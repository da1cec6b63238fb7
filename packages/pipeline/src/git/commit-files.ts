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

/** Files of a commit in a temporary folder. */
export interface CommitFiles {
  /** The folder of the workspace. */
  readonly root: string;
  /** Writes more files of the commit. */
  readonly add: (paths: readonly string[]) => Promise<Result<void>>;
  readonly remove: () => Promise<void>;
}

/**
 * Writes files of a commit as a checkout would into a temporary folder, which the caller removes. Changes neither the
 * work tree nor git's index. Fails as git does, with `disk-full` or `io`.
 *
 * @param paths relative to the workspace; those that the commit lacks are left out
 */
export async function openCommitFiles(
  place: GitPlace,
  commit: string,
  paths: readonly string[],
): Promise<Result<CommitFiles>> {
  const folder = await caught('a temporary folder', () => mkdtemp(join(tmpdir(), 'image-tooling-commit-')));
  if (!folder.ok) return folder;
  const remove = (): Promise<void> => discard(folder.value);
  const write = (those: readonly string[]) => writeCommit(place, commit, those, folder.value);
  const written = await write(paths);
  const add = async (more: readonly string[]): Promise<Result<void>> => {
    const added = await write(more);
    return added.ok ? ok(undefined) : added;
  };
  if (written.ok) return ok({ root: written.value, add, remove });
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
