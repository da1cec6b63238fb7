import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno, mapConcurrent, readRegularFile, unreadFailure } from '@image-tooling/host';
import { fail, hexOf, ok, type Failure, type Result } from '@image-tooling/model';
import { foresee } from '../check/foresee';
import { soundPart } from '../check/sound-part';
import { toolSourceOf } from '../tool-source';
import { loadOptions, workspaceFiles } from '../workspace/load';
import type { StoreRun } from './run';

/** Hexadecimal names of all that the files of workspaces name: blobs, build ids, diff ids, packages. */
export type Names = ReadonlySet<string>;

/** What a workspace needs, as far as its files can be read. */
export interface Needs {
  readonly names: Names;
  /** Files that are there and can't be read: what they name is not known. */
  readonly unread: readonly Failure[];
}

/**
 * What a workspace needs: all that its outputs and locks name, and the build ids that its definitions and locks ask
 * for, whether it was built there or not. What can't be planned is left out. Empty where there is no workspace any more.
 */
export async function needsOf(root: string, run: Pick<StoreRun, 'env' | 'context'>): Promise<Needs> {
  const needs = [await namedIn(root), await plannedIn(root, run)];
  return {
    names: new Set(needs.flatMap(({ names }) => [...names])),
    unread: needs.flatMap(({ unread }) => unread),
  };
}

async function plannedIn(root: string, { env, context }: Pick<StoreRun, 'env' | 'context'>): Promise<Needs> {
  const nothing = { names: new Set<string>(), unread: [] };
  const options = await loadOptions(root);
  if (!options.ok) return { ...nothing, unread: options.failures };
  const toolSource = toolSourceOf(options.value, env);
  if (!toolSource.ok) return nothing;
  const files = await workspaceFiles(root, options.value);
  const session = { root, options: options.value, toolSource: toolSource.value, env, context };
  const { buildIds } = await foresee(session, soundPart(files).workspace);
  const failures = [...files.images, ...files.tools].flatMap(({ failure }) => failure ?? []);
  return {
    names: new Set([...buildIds].map(hexOf)),
    unread: failures.filter(({ code }) => code === 'io' || code === 'too-large'),
  };
}

/** They are not parsed, so that those of another version of image-tooling, and broken ones, count too. */
async function namedIn(root: string): Promise<Needs> {
  const options = await loadOptions(root);
  const { imagesDir, toolsDir } = options.ok ? options.value : { imagesDir: 'images', toolsDir: 'tools' };
  const projects = await foldersIn([join(root, imagesDir), join(root, toolsDir)]);
  const outputs = await foldersIn(projects.paths.map((folder) => join(folder, 'dist')));
  const files = [
    ...projects.paths.map((folder) => join(folder, 'lock.json')),
    ...outputs.paths.flatMap((folder) => OUTPUTS.map((name) => join(folder, name))),
  ];
  const read = await mapConcurrent(files, (file) => readRegularFile(file, MOST_BYTES));
  const texts = read.flatMap((one) => (one.ok ? (one.value?.toString('latin1') ?? []) : []));
  return {
    names: new Set(texts.flatMap((text) => text.match(/\b[0-9a-f]{64}\b/g) ?? [])),
    unread: [...projects.unread, ...outputs.unread, ...read.flatMap((one) => (one.ok ? [] : one.failures))],
  };
}

const OUTPUTS = ['digest.json', 'layers.json', 'layer.json'];
/** As of a lock. */
const MOST_BYTES = 64 * 1024 ** 2;

/** The folders in some folders that may not be there. */
async function foldersIn(folders: readonly string[]): Promise<{ paths: string[]; unread: Failure[] }> {
  const listed = await mapConcurrent(folders, inside);
  return {
    paths: listed.flatMap((one) => (one.ok ? one.value : [])),
    unread: listed.flatMap((one) => (one.ok ? [] : one.failures)),
  };
}

async function inside(folder: string): Promise<Result<string[]>> {
  try {
    const found = await readdir(folder, { withFileTypes: true });
    return ok(found.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name)));
  } catch (error) {
    if (isErrno(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return ok([]);
    return fail(unreadFailure(error, folder));
  }
}
