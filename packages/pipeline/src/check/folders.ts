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
 * Returns a `usage` failure for each folder that should be read and is not: that of images or tools where it is not
 * there or a symbolic link, links in it, and folders in it that hold a lock, or a definition of the other kind, but no
 * definition. That of tools may be absent under its default name, since git keeps no empty folders.
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

/** Nx follows no links to folders, so that no task would ever build what is there. */
async function link(root: string, path: string, what: string): Promise<Failure> {
  const target = await readlink(join(root, path));
  return {
    code: 'usage',
    message: `"${path}" is a symbolic link to ${target}: Nx follows none, so no ${what} of it can be built.`,
    hint: 'Put the folder itself there, or remove the link.',
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
      message: `"${path}" holds ${file}, but no ${noun}.json: nothing in it is read.`,
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
    hint: `Make it, or write in nx.json where the ${noun}s are: "${key}" in the options of the plugin.`,
    place: { file: 'nx.json' },
  };
}

/** Whether a link is to a folder with a definition, or leads nowhere (editors leave such, with a dot before the name). */
async function isMeant(root: string, path: string, noun: Kind['noun']): Promise<boolean> {
  const [leads, definition] = await Promise.all(
    [path, `${path}/${noun}.json`].map((one) => orUndefined(stat(join(root, one)))),
  );
  return definition !== undefined || (leads === undefined && !/\/\.[^/]*$/.test(path));
}

function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  return promise.catch(() => undefined);
}
