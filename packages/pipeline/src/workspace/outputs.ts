import { copyFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { caught, discard, readRegularFile, temporaryNeighbour, writeFileAtomic } from '@image-tooling/host';
import {
  digestFileSchema,
  layerFileSchema,
  layersFileSchema,
  platformFolder,
  INTERPRETED,
  type DigestFile,
  type LayerFile,
  type LayersFile,
  type Platform,
  type Result,
  type Schema,
} from '@image-tooling/model';

/** Returns the folder of a project's outputs for a platform, which Nx caches and restores; `root`: of its workspace. */
export function outputFolder(
  root: string,
  { folder }: { readonly folder: string },
  platform: Platform,
): string {
  return join(root, folder, 'dist', platformFolder(platform));
}

/** Returns what a build of an image wrote for its children, as `readOutput` does. */
export function readLayersFile(folder: string): Promise<LayersFile | undefined> {
  return readOutput(folder, 'layers.json', layersFileSchema);
}

/** Returns what a build of a tool wrote for images, as `readOutput` does. */
export function readLayerFile(folder: string): Promise<LayerFile | undefined> {
  return readOutput(folder, 'layer.json', layerFileSchema);
}

/** Returns the digests that a build of an image wrote, as `readOutput` does. */
export function readDigestFile(folder: string): Promise<DigestFile | undefined> {
  return readOutput(folder, 'digest.json', digestFileSchema);
}

/** Far more than the outputs of an image with a thousand layers. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Returns the value in an output file; undefined if it is missing or invalid: truncated, edited, of another
 * format, not a file. Then it counts as not built.
 */
export async function readOutput<T>(folder: string, name: string, schema: Schema<T>): Promise<T | undefined> {
  const read = await readRegularFile(join(folder, name), MOST_BYTES);
  if (!read.ok || read.value === undefined) return undefined;
  const json = parsed(read.value);
  const found = schema.safeParse(json, INTERPRETED);
  return found.success ? found.data : undefined;
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** Writes an output file as JSON with stable bytes. */
export function writeOutput(folder: string, name: string, value: unknown): Promise<Result<void>> {
  return writeFileAtomic(join(folder, name), textOf(value));
}

/** Returns whether an output file has the bytes that `writeOutput` would write. */
export async function isWritten(folder: string, name: string, value: unknown): Promise<boolean> {
  const read = await readRegularFile(join(folder, name), MOST_BYTES);
  return read.ok && read.value?.toString() === textOf(value);
}

function textOf(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Copies a blob into an output folder, whole or not at all. Fails with `disk-full` or `io`. */
export async function copyBlob(from: string, folder: string, name: string): Promise<Result<void>> {
  const target = join(folder, name);
  const temporary = temporaryNeighbour(target);
  const copied = await caught(target, async () => {
    await mkdir(folder, { recursive: true });
    await copyFile(from, temporary);
    await rename(temporary, target);
  });
  if (!copied.ok) await discard(temporary);
  return copied;
}
