import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { caught, mapConcurrent } from '@image-tooling/host';
import {
  all,
  CONSTANT_TIME,
  fail,
  failWith,
  ok,
  type Failure,
  type ImageDefinition,
  type ImageUser,
  type Json,
  type Result,
} from '@image-tooling/model';
import { directoryEntry, toByteString, type TarEntry } from '@image-tooling/layer';
import { filesFromFolder, type DeclaredMode } from '@image-tooling/oci';
import { entryInputs } from './layers/entry-inputs';
import { filesClashes } from './files-clashes';

export interface ImageFiles {
  readonly entries: readonly TarEntry[];
  /** The inputs of the layer: each path with its kind, mode, owner and content. */
  readonly inputs: Json;
}

/** The part of an image that decides its own files. */
export interface FilesOwner {
  /** Relative to the workspace. */
  readonly folder: string;
  readonly definition: Pick<ImageDefinition, 'files' | 'modes' | 'directories'>;
}

/**
 * Returns an image's own files: its rootfs/ and its declared folders, or undefined. Fails with `rootfs` if
 * the folder is missing, for files that no layer can have, modes without a file, and files in place of a
 * declared folder or home.
 *
 * @param users of the image and its ancestors
 */
export async function imageFiles(
  root: string,
  { folder, definition: image }: FilesOwner,
  users: readonly ImageUser[],
): Promise<Result<ImageFiles | undefined>> {
  const there = image.files === undefined ? ok(undefined) : await checkFolder(root, folder, image.files);
  if (!there.ok) return there;
  const found =
    image.files === undefined
      ? ok([])
      : await filesFromFolder(join(root, folder, image.files), rootfsOptions(image));
  if (!found.ok) return found;
  const clashes = filesClashes(definitionFile(folder), found.value, image, users);
  if (clashes.length > 0) return failWith(clashes);
  const declared = image.directories.map(({ path, mode, uid, gid }) =>
    directoryEntry(toByteString(path.slice(1)), {
      mode: Number.parseInt(mode, 8),
      uid,
      gid,
      mtime: CONSTANT_TIME,
    }),
  );
  const entries = [...withoutDeclared(found.value, declared), ...declared];
  if (entries.length === 0) return ok(undefined);
  const inputs = all(await mapConcurrent(entries, entryInputs));
  return inputs.ok ? ok({ entries, inputs: Object.fromEntries(inputs.value) }) : inputs;
}

/** Refuses links: their files could be anywhere on this machine, and are not committed. */
async function checkFolder(root: string, folder: string, name: string): Promise<Result<void>> {
  const real = await realpath(join(root, folder, name)).catch(() => undefined);
  const found = real === undefined ? undefined : await stat(real).catch(() => undefined);
  if (real === undefined || found?.isDirectory() !== true)
    return fail(wrongFolder(folder, `There is no folder "${name}" next to image.json, which "files" names.`));
  const expected = await caught(join(root, folder), async () =>
    join(await realpath(join(root, folder)), name),
  );
  if (!expected.ok) return expected;
  if (real === expected.value) return ok(undefined);
  return fail(
    wrongFolder(folder, `"${name}", which "files" names, is a link or below one: it leads to ${real}.`),
  );
}

function wrongFolder(folder: string, message: string): Failure {
  return {
    code: 'rootfs',
    message,
    hint: 'Make it a folder of the workspace, or remove "files".',
    place: { file: definitionFile(folder) },
  };
}

function definitionFile(folder: string): string {
  return `${folder}/image.json`;
}

function rootfsOptions(image: Pick<ImageDefinition, 'modes'>) {
  const modes = Object.entries(image.modes).map(([path, mode]): [string, DeclaredMode] => [
    path.slice(1),
    { mode: Number.parseInt(mode, 8) },
  ]);
  return { mtime: CONSTANT_TIME, modes: Object.fromEntries(modes) };
}

function withoutDeclared(entries: readonly TarEntry[], declared: readonly TarEntry[]): TarEntry[] {
  const paths = new Set(declared.map(({ path }) => path));
  return entries.filter(({ path }) => !paths.has(path));
}
