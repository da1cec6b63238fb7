import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  checkSignal,
  discard,
  Fault,
  isErrno,
  makeFolder,
  temporaryNeighbour,
  writeNewFile,
} from '@image-tooling/host';
import { ContentReader, type TarEntry } from '@image-tooling/layer';

/**
 * Writes files to a temporary folder next to `folder` and replaces it. Throws a `Fault` with `usage` if `folder` is
 * neither empty nor an OCI layout.
 */
export async function replaceFolder(
  folder: string,
  files: readonly TarEntry[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await checkReplaceable(folder);
  await makeFolder(dirname(folder));
  const temporary = temporaryNeighbour(folder);
  const old = temporaryNeighbour(folder);
  try {
    await writeFiles(temporary, files, signal);
    await swap(temporary, folder, old);
  } finally {
    await discard(temporary);
    await discard(old);
  }
}

async function swap(from: string, folder: string, old: string): Promise<void> {
  const replaces = await exists(folder);
  if (replaces) await rename(folder, old);
  await rename(from, folder).catch(async (error: unknown) => {
    if (replaces) await rename(old, folder);
    throw error;
  });
}

async function writeFiles(
  folder: string,
  files: readonly TarEntry[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await mkdir(folder);
  const reader = new ContentReader();
  try {
    for (const file of files) {
      checkSignal(signal);
      const path = join(folder, file.path);
      await mkdir(dirname(path), { recursive: true });
      await writeNewFile(path, reader.pieces(file), signal);
    }
  } finally {
    reader.close();
  }
}

/** Throws a `Fault` with `usage` if a folder contains anything but an OCI layout. */
export async function checkReplaceable(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (isErrno(error) && error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length === 0 || names.includes('oci-layout')) return;
  throw new Fault({
    code: 'usage',
    message: `${folder} is not empty and not an OCI layout; nothing was changed.`,
    hint: 'Name a folder that does not exist yet.',
  });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
