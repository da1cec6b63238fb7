import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { mapConcurrent } from '@image-tooling/host';

/** Folders without programs for users. */
const SKIPPED = /^(?:\.|_|testdata$|vendor$|internal$|tests?$|examples?$|hack$|docs?$|third_party$)/;
/** Programs are near the root folder: "cmd/x", "x", "pkg/cmd/x". */
const MAX_DEPTH = 3;

/**
 * Returns the import paths of the programs in a module: only `wanted` if that is a program, else all of them, most
 * likely first: the root, then the program with the module's name, then the others by path.
 *
 * @param folder the unpacked module
 * @param wanted import path
 */
export async function programsOf(folder: string, module: string, wanted: string): Promise<string[]> {
  const inside = wanted === module ? '' : wanted.slice(module.length + 1);
  if (await isProgram(join(folder, inside))) return [wanted];
  const folders = await foldersBelow(folder, MAX_DEPTH);
  const are = await mapConcurrent(folders, isProgram);
  const found = folders.filter((_, at) => are[at]).map((one) => relative(folder, one));
  const name = basename(module.replace(/\/v\d+$/, ''));
  const rank = (path: string): number => (path === '' ? 0 : basename(path) === name ? 1 : 2);
  return found
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((path) => (path === '' ? module : `${module}/${path}`));
}

async function foldersBelow(folder: string, depth: number): Promise<string[]> {
  if (depth === 0) return [folder];
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !SKIPPED.test(entry.name));
  const below = await mapConcurrent(folders, ({ name }) => foldersBelow(join(folder, name), depth - 1));
  return [folder, ...below.flat()];
}

/** Returns whether a folder is a `package main`. Ignores files that builds leave out ("//go:build ignore"). */
async function isProgram(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  const sources = names.filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'));
  for (const name of sources) {
    const text = await readFile(join(folder, name), 'utf8');
    if (/^package main\b/m.test(text) && !/^\/\/go:build .*\bignore\b/m.test(text)) return true;
  }
  return false;
}
