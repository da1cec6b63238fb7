import { ok, type Result } from '@image-tooling/model';
import { bytesOf, toByteString } from '@image-tooling/layer';
import type { ObjectFormat } from './blob-id';
import { git, type GitPlace } from './run-git';

/** A file in git's index (gitformat-index, "mode"): 100644, 100755, 120000 a link, 160000 a repository. */
export interface IndexFile {
  readonly mode: string;
  /** The object id of its content; of a submodule its commit. */
  readonly id: string;
}

/** Files by path, relative to the workspace, as byte strings. */
export type IndexFiles = ReadonlyMap<string, IndexFile>;

/**
 * Returns the files of git's index at and below paths, also of submodules. Fails with `not-publishable` if
 * git refuses.
 *
 * @param paths relative to the workspace; empty: nothing
 */
export async function indexFiles(place: GitPlace, paths: readonly string[]): Promise<Result<IndexFiles>> {
  if (paths.length === 0) return ok(new Map());
  // Quoted, since names are bytes and what a program prints is read as text.
  const listed = await git(place, [
    '-c',
    'core.quotePath=true',
    'ls-files',
    '--stage',
    '--',
    ...paths.map(literal),
  ]);
  return listed.ok ? withSubmodules(place, parsed(listed.value)) : listed;
}

/** gitglossary(7), "pathspec": a name with `*` or `:` is itself. */
function literal(path: string): string {
  return `:(literal)${path}`;
}

async function withSubmodules(place: GitPlace, files: IndexFiles): Promise<Result<IndexFiles>> {
  const found = new Map(files);
  for (const [path, { mode }] of files) {
    if (mode !== GITLINK) continue;
    const below = await submoduleFiles(place, bytesOf(path).toString());
    if (!below.ok) return below;
    if (below.value) found.delete(path);
    for (const [name, file] of below.value ?? []) found.set(`${path}/${name}`, file);
  }
  return ok(found);
}

/**
 * Of a submodule that is checked out at the commit that the workspace names; else undefined.
 * git-submodule(1), "status": a space before the commit; it fails for a repository that .gitmodules does not
 * name.
 */
async function submoduleFiles(place: GitPlace, path: string): Promise<Result<IndexFiles | undefined>> {
  const status = await git(place, ['submodule', 'status', '--', path]);
  const isThere = status.ok && status.value.startsWith(' ');
  return isThere ? indexFiles({ ...place, root: `${place.root}/${path}` }, ['.']) : ok(undefined);
}

export const GITLINK = '160000';

/** Lines of `git ls-files --stage`: mode, name of the content, stage, a tab, and the path. */
function parsed(listing: string): IndexFiles {
  const lines = listing.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [facts = '', path = ''] = line.split('\t');
      const [mode = '', id = ''] = facts.split(' ');
      return [unquoted(path), { mode, id }];
    }),
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** git-config(1), core.quotePath: C's escapes within double quotes, and octal for each byte above 0x80. */
export function unquoted(path: string): string {
  if (!path.startsWith('"')) return toByteString(path);
  return path
    .slice(1, -1)
    .replace(/\\([0-7]{3}|.)/g, (_all, escape: string) =>
      escape.length === 3 ? String.fromCharCode(Number.parseInt(escape, 8)) : (ESCAPES[escape] ?? escape),
    );
}

/** Returns the hash algorithm of a repository, from the length of its object ids (gitformat-objects). */
export function objectFormatOf(files: IndexFiles): ObjectFormat {
  const [first] = files.values();
  return first?.id.length === 64 ? 'sha256' : 'sha1';
}
