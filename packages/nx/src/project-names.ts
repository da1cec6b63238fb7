import { basename, dirname } from 'node:path/posix';

/**
 * Returns the Nx project's name of each definition file: that of its folder. If a tool has the name of an
 * image, which every task refuses, the tool's project gets the suffix "-tool": Nx fails for two projects with
 * one name.
 */
export function projectNames(files: readonly string[]): ReadonlyMap<string, string> {
  const isImage = (file: string): boolean => basename(file) === 'image.json';
  const ordered = [...files].sort((a, b) => Number(isImage(b)) - Number(isImage(a)) || (a < b ? -1 : 1));
  const folders = new Set(files.map(folderName));
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const file of ordered) {
    let name = folderName(file);
    if (taken.has(name)) for (name += '-tool'; taken.has(name) || folders.has(name);) name += '-tool';
    taken.add(name);
    names.set(file, name);
  }
  return names;
}

function folderName(file: string): string {
  return basename(dirname(file));
}
