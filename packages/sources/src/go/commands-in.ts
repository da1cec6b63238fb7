import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { mapConcurrent } from '@image-tooling/host';

/** Folders that hold no programs for people. */
const ASIDE = /^(?:\.|_|testdata$|vendor$|internal$|tests?$|examples?$|hack$|docs?$|third_party$)/;
/** Programs lie near the root: "cmd/x", "x", "pkg/cmd/x". */
const DEEPEST = 3;

/**
 * Import paths of the programs in a module: what was asked for alone, where that is one; else those of the module,
 * the likeliest first: the root, then one called like the module, then others by path.
 *
 * @param folder where the module lies unpacked
 * @param wanted import path
 */
export async function commandsIn(folder: string, module: string, wanted: string): Promise<string[]> {
  const inside = wanted === module ? '' : wanted.slice(module.length + 1);
  if (await isProgram(join(folder, inside))) return [wanted];
  const folders = await foldersBelow(folder, DEEPEST);
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
  const folders = entries.filter((entry) => entry.isDirectory() && !ASIDE.test(entry.name));
  const below = await mapConcurrent(folders, ({ name }) => foldersBelow(join(folder, name), depth - 1));
  return [folder, ...below.flat()];
}

/** Whether a folder is a `package main`; files that a build leaves out ("//go:build ignore") do not count. */
async function isProgram(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  const sources = names.filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'));
  for (const name of sources) {
    const text = await readFile(join(folder, name), 'utf8');
    if (/^package main\b/m.test(text) && !/^\/\/go:build .*\bignore\b/m.test(text)) return true;
  }
  return false;
}
