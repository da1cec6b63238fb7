import { copyFile, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno, writeFileAtomic } from '@image-tooling/host';
import { ok, platformFolder, type Platform, type Result } from '@image-tooling/model';

/** The folder of a project's outputs for a platform: what Nx caches and restores. */
export function outputFolder(projectFolder: string, platform: Platform): string {
  return join(projectFolder, 'dist', platformFolder(platform));
}

/** The value in an output file, or undefined where there is no such file or it is no JSON (then it is made again). */
export async function readOutput<T>(folder: string, name: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, name), 'utf8')) as T;
  } catch (error) {
    if (isErrno(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Writes an output file, as JSON that is the same wherever it is written. */
export function writeOutput(folder: string, name: string, value: unknown): Promise<Result<void>> {
  return writeFileAtomic(join(folder, name), `${JSON.stringify(value, undefined, 2)}\n`);
}

/** Copies a blob into an output folder, whole or not at all. */
export async function copyBlob(from: string, folder: string, name: string): Promise<Result<void>> {
  const target = join(folder, name);
  const temporary = `${target}.${process.pid}.tmp`;
  await mkdir(folder, { recursive: true });
  await copyFile(from, temporary);
  await rename(temporary, target);
  return ok(undefined);
}
