import { readFile } from 'node:fs/promises';
import { sha256OfFile } from '@image-tooling/host';
import type { CommitDifference } from '@image-tooling/model';
import { blobIdOf, type ObjectFormat } from './blob-id';
import { GITLINK, objectFormatOf, type IndexFiles } from './index-files';
import { LONGEST_POINTER, pointerOid } from './lfs';
import { git, type GitPlace } from './run-git';
import { placeOf, type WorkFile } from './work-files';

type Cause = Omit<CommitDifference, 'path'>;

/** A path whose file in the work tree differs from git's index. */
export interface Differing {
  readonly path: string;
  readonly committed: IndexFiles;
  /** Undefined if it is missing in the work tree. */
  readonly file: WorkFile | undefined;
}

const FRESH = 'then delete the files and check them out again: git checkout -- <path>';

/** Returns why a file differs, and what to do; undefined if it does not differ (Git LFS). */
export async function causeOf(place: GitPlace, differing: Differing): Promise<Cause | undefined> {
  const { path, committed, file } = differing;
  const before = committed.get(path);
  if (before?.mode === GITLINK) return NO_SUBMODULE;
  if (!before) return isInRepository(path, committed) ? OF_ANOTHER_REPOSITORY : NOT_COMMITTED;
  if (!file) return MISSING;
  if (before.mode === '120000' && file.mode !== '120000') return NO_LINK;
  if (file.isLfsPointer && before.id === file.id) return LFS_POINTER;
  if (before.id === file.id) return MODE;
  return contentCause(place, differing, before.id);
}

const NO_SUBMODULE: Cause = {
  cause: 'a submodule that is not checked out at its commit, or a repository that .gitmodules does not name',
  fix: 'Run "git submodule update --init --recursive"; make a nested repository a submodule, or plain files.',
};
const OF_ANOTHER_REPOSITORY: Cause = {
  cause: 'it belongs to a repository within this one, which is not checked out at its commit',
  fix: NO_SUBMODULE.fix,
};
const NOT_COMMITTED: Cause = {
  cause: 'git does not have it: it is ignored, or not added',
  fix: 'Remove it, or add it: git add --force <path>',
};
const MISSING: Cause = {
  cause: 'it is committed, but not checked out: sparse checkout, or skip-worktree',
  fix: 'Run "git sparse-checkout disable", or "git update-index --no-skip-worktree <path>" and "git checkout -- <path>".',
};
const NO_LINK: Cause = {
  cause: 'it is committed as a link, and checked out as a file (core.symlinks=false)',
  fix: `Run "git config core.symlinks true", ${FRESH}`,
};
const MODE: Cause = {
  cause: 'its mode differs from the commit (core.fileMode=false, or a file system without modes)',
  fix: 'Commit the mode: git update-index --chmod=+x <path> (or --chmod=-x); or check out on a file system that keeps modes.',
};
const LINE_ENDS: Cause = {
  cause: 'its lines end with CR LF here, and with LF in git (core.autocrlf, or "eol" in .gitattributes)',
  fix: `Run "git config core.autocrlf false", or write "<path> -text" into .gitattributes, ${FRESH}`,
};
const LFS_POINTER: Cause = {
  cause: 'it is a Git LFS pointer, not the file itself',
  fix: 'Run "git lfs install" and "git lfs pull".',
};
const CONTENT: Cause = {
  cause: 'its content differs from the commit (a filter in .gitattributes, or assume-unchanged)',
  fix: 'See: git check-attr --all <path>; for assume-unchanged: git update-index --no-assume-unchanged <path>',
};

function isInRepository(path: string, committed: IndexFiles): boolean {
  const parts = path.split('/');
  return parts.some((_, at) => committed.get(parts.slice(0, at).join('/'))?.mode === GITLINK);
}

async function contentCause(
  { root, ...place }: GitPlace,
  { path, committed, file }: Differing,
  id: string,
): Promise<Cause | undefined> {
  const at = placeOf(root, path);
  if (file && file.size <= LARGEST_TEXT && (await idWithoutCr(at, objectFormatOf(committed))) === id)
    return LINE_ENDS;
  const oid = await lfsOidOf({ root, ...place }, id);
  return oid !== undefined && oid === (await sha256OfFile(at)) ? undefined : CONTENT;
}

/** Bytes; line ends of larger files are not checked. */
const LARGEST_TEXT = 64 * 1024 * 1024;

async function idWithoutCr(at: Buffer, format: ObjectFormat): Promise<string> {
  const content = await readFile(at, 'latin1');
  return blobIdOf(Buffer.from(content.replaceAll('\r\n', '\n'), 'latin1'), format);
}

/** Returns the hash of the file that a committed Git LFS pointer names. */
async function lfsOidOf(place: GitPlace, id: string): Promise<string | undefined> {
  const size = await git(place, ['cat-file', '-s', id]);
  if (!size.ok || Number(size.value) > LONGEST_POINTER) return undefined;
  const blob = await git(place, ['cat-file', 'blob', id]);
  return blob.ok ? pointerOid(blob.value) : undefined;
}
