import { readdirSync, lstatSync, type Stats } from 'node:fs';
import { join, posix } from 'node:path';
import type { BuildContext } from '@image-tooling/dockerfile';

/** A tooling image needs few files; a Dockerfile that copies more copies a whole project. */
const MAX_FILES = 2000;

/** Returns the build context of a Dockerfile, without symbolic links. */
export function folderContext(folder: string): BuildContext {
  return {
    files: (path) => filesAt(folder, posix.normalize(path)).slice(0, MAX_FILES),
  };
}

function filesAt(folder: string, path: string): { readonly path: string; readonly executable: boolean }[] {
  if (path.startsWith('..')) return [];
  const found = statOf(join(folder, path));
  if (!found) return [];
  if (found.isFile()) return [{ path, executable: (found.mode & 0o111) !== 0 }];
  if (!found.isDirectory()) return [];
  return readdirSync(join(folder, path))
    .sort()
    .flatMap((name) => filesAt(folder, posix.join(path, name)));
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
