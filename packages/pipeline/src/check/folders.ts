import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mapConcurrent } from '@image-tooling/host';
import type { Failure, WorkspaceOptions } from '@image-tooling/model';

interface Kind {
  readonly key: 'imagesDir' | 'toolsDir';
  readonly noun: 'image' | 'tool';
  /** Relative to the workspace. */
  readonly folder: string;
}

/**
 * Returns a `usage` failure for each folder that is ignored: the folder of images or tools if it is missing
 * or a symbolic link, links in it, and folders in it with a lock or a definition of the other kind only. The
 * folder of tools may be missing under its default name, since git keeps no empty folders.
 */
export async function unreadFolders(root: string, options: WorkspaceOptions): Promise<Failure[]> {
  const { imagesDir, toolsDir } = options;
  const kinds: Kind[] = [
    { key: 'imagesDir', noun: 'image', folder: imagesDir },
    { key: 'toolsDir', noun: 'tool', folder: toolsDir },
  ];
  const found = await Promise.all(kinds.map((kind) => unreadIn(root, kind, imagesDir === toolsDir)));
  return found.flat();
}

async function unreadIn(root: string, kind: Kind, isShared: boolean): Promise<Failure[]> {
  const { key, noun, folder } = kind;
  const [there, leads] = await Promise.all(
    [lstat, stat].map((look) => orUndefined(look(join(root, folder)))),
  );
  if (!leads?.isDirectory()) return key === 'toolsDir' && folder === 'tools' && !there ? [] : [missing(kind)];
  if (there?.isSymbolicLink()) return [await link(root, folder, `${noun}s`)];
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const failures = await mapConcurrent(entries, async (entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isSymbolicLink())
      return (await isMeant(root, path, noun)) ? [await link(root, path, noun)] : [];
    return entry.isDirectory() && !isShared ? misplaced(root, path, noun) : [];
  });
  return failures.flat();
}

/** Nx does not follow links to folders, so no task would build what is there. */
async function link(root: string, path: string, what: string): Promise<Failure> {
  const target = await readlink(join(root, path));
  return {
    code: 'usage',
    message: `"${path}" is a symbolic link to ${target}: Nx does not follow links, so no ${what} in it can be built.`,
    hint: 'Replace the link by the folder, or remove it.',
    place: { file: path },
  };
}

async function misplaced(root: string, path: string, noun: Kind['noun']): Promise<Failure[]> {
  const other = noun === 'image' ? 'tool' : 'image';
  const names = new Set(await orUndefined(readdir(join(root, path))));
  if (names.has(`${noun}.json`)) return [];
  const file = [`${other}.json`, 'lock.json'].find((name) => names.has(name));
  if (file === undefined) return [];
  return [
    {
      code: 'usage',
      message: `"${path}" holds ${file}, but no ${noun}.json: it is ignored.`,
      hint:
        file === 'lock.json'
          ? `Restore its ${noun}.json, or remove the folder.`
          : `Move the folder to that of the ${other}s.`,
      place: { file: `${path}/${file}` },
    },
  ];
}

function missing({ key, noun, folder }: Kind): Failure {
  return {
    code: 'usage',
    message: `There is no folder "${folder}": no ${noun}s were checked.`,
    hint: `Create it, or set "${key}" in the plugin's options in nx.json.`,
    place: { file: 'nx.json' },
  };
}

/**
 * Returns whether a link is to a folder with a definition, or dangling (editors make such, with a dot before
 * the name).
 */
async function isMeant(root: string, path: string, noun: Kind['noun']): Promise<boolean> {
  const [leads, definition] = await Promise.all(
    [path, `${path}/${noun}.json`].map((one) => orUndefined(stat(join(root, one)))),
  );
  return definition !== undefined || (leads === undefined && !/\/\.[^/]*$/.test(path));
}

function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  return promise.catch(() => undefined);
}
