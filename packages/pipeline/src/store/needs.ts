import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno, mapConcurrent, readRegularFile, unreadFailure } from '@image-tooling/host';
import { fail, hexOf, ok, optionsSchema, type Failure, type Result } from '@image-tooling/model';
import { foresee } from '../check/foresee';
import { soundPart } from '../check/sound-part';
import { toolSourceOf } from '../tool-source';
import { loadOptions, workspaceFiles } from '../workspace/load';
import type { StoreRun } from './run';

/** Hexadecimal hashes in workspaces' files: blobs, build ids, diff ids, packages. */
export type Names = ReadonlySet<string>;

/** What a workspace needs, as far as its files are readable. */
export interface Needs {
  readonly names: Names;
  /** Unreadable files: what they name is unknown. */
  readonly unread: readonly Failure[];
}

/**
 * Returns what a workspace needs: everything that its outputs and locks name, and the planned build ids,
 * built or not. Leaves out what can't be planned. Empty if the workspace is gone.
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

/** Searches files as text, so that files of other versions and broken ones count too. */
async function namedIn(root: string): Promise<Needs> {
  const options = await loadOptions(root);
  const { imagesDir, toolsDir } = options.ok ? options.value : optionsSchema.parse({});
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
/** The same limit as for locks. */
const MOST_BYTES = 64 * 1024 ** 2;

/** Returns the subfolders of folders that may not exist. */
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
