import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import { fail, ok, type Result } from '@image-tooling/model';

/** The folder of a workspace, and the folder in which it is made first. */
export interface Place {
  /** Absolute path. */
  readonly folder: string;
  readonly name: string;
  /** Absolute path next to it: the finished workspace is moved in one step. */
  readonly draft: string;
  readonly exists: boolean;
  /** Whether it is a Git repository already: one that was cloned empty. */
  readonly hasGit: boolean;
}

/**
 * npm's rules for a package's name (npm docs, package.json, "name"), which is the folder's name, without
 * unusual ones.
 */
const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/;
const GIT = '.git';

/** Checks whether a workspace can be made in a folder. Changes nothing. Fails with `usage` or `io`. */
export async function findPlace(given: string, cwd: string): Promise<Result<Place>> {
  const folder = resolve(cwd, given);
  const name = basename(folder);
  if (!NAME.test(name)) return badName(name);
  const entries = await entriesOf(folder);
  if (!entries.ok) return entries;
  const strange = entries.value?.filter((entry) => entry !== GIT) ?? [];
  if (strange.length > 0) return notEmpty(folder, strange);
  if (!(await isFolder(dirname(folder)))) return noParent(dirname(folder));
  const draft = join(dirname(folder), `.${name}-${randomBytes(4).toString('hex')}`);
  const hasGit = entries.value?.includes(GIT) === true;
  return ok({ folder, name, draft, exists: entries.value !== undefined, hasGit });
}

/** Moves the finished workspace to its folder. */
export async function movePlace({ folder, draft, exists }: Place): Promise<void> {
  if (!exists) return rename(draft, folder);
  // An existing folder may be a shell's current one, so it is not replaced.
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(draft)) await rename(join(draft, entry), join(folder, entry));
  await rmdir(draft);
}

/** Removes an unfinished workspace. */
export async function dropDraft({ draft }: Place): Promise<void> {
  // A stopped npm may still be writing files.
  await rm(draft, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

async function entriesOf(folder: string): Promise<Result<string[] | undefined>> {
  try {
    return ok(await readdir(folder));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return ok(undefined);
    const words = code === 'ENOTDIR' ? `${folder} is a file.` : message;
    return fail({ code: 'io', message: words, hint: 'Choose another folder.' });
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}

function badName(name: string) {
  return fail({
    code: 'usage',
    message: `"${name}" can't be the name of a workspace.`,
    hint: 'Use lower-case letters, digits, ".", "_" and "-", with a letter or digit first.',
  });
}

function notEmpty(folder: string, entries: readonly string[]) {
  const shown = entries.slice(0, 5).sort().join(', ') + (entries.length > 5 ? ', …' : '');
  return fail({
    code: 'usage',
    message: `${folder} is not empty: it contains ${shown}.`,
    hint: 'Choose another folder; to add images to an existing Nx workspace: npx nx add @image-tooling/nx',
  });
}

function noParent(parent: string) {
  return fail({
    code: 'usage',
    message: `There is no folder ${parent}.`,
    hint: `Create it first: mkdir -p ${parent}`,
  });
}
