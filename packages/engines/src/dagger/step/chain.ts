import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, link, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ioFailure, isErrno } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { newOwnedName } from '../../owners';
import { BLOCK, writeHeader } from '../../tar/blocks';
import type { AddedLayer } from './layers';
import type { Places } from './places';

/** Below a chain's folder: the layers, and a folder for each step with its Dockerfile. */
export const CHAIN_LAYERS = 'layers';
export const CHAIN_STEPS = 'steps';
/** A tar with the folders that a container needs and a system may lack. */
export const FOLDERS_TAR = 'folders.tar';
/** Where a step's own things stand in the container. A name that no package uses. */
export const STEP_FOLDER = '.step';

/** What of a chain's folder is no part of the build's context, so that it changes nothing the engine has cached. */
const IGNORED = `${CHAIN_STEPS}\n.dockerignore\n`;

/**
 * The folder that is sent to the engine for a chain of layers: links to their blobs, by diff id. It stays, so that
 * a later step sends nothing, and its content says it all, so that the engine unpacks nothing again.
 */
export async function chainFolder(layers: readonly AddedLayer[], places: Places): Promise<Result<string>> {
  const name = createHash('sha256')
    .update(layers.map(({ hex }) => hex).join())
    .digest('hex');
  const folder = join(places.chains, name.slice(0, 32));
  try {
    await mkdir(join(folder, CHAIN_LAYERS), { recursive: true });
    await mkdir(join(folder, CHAIN_STEPS), { recursive: true });
    for (const { hex, path } of layers) await linkOnce(path, join(folder, CHAIN_LAYERS, hex), folder);
    await writeOnce(join(folder, CHAIN_LAYERS, FOLDERS_TAR), foldersTar(), folder);
    await writeOnce(join(folder, '.dockerignore'), IGNORED, folder);
    await utimes(folder, new Date(), new Date());
    return ok(folder);
  } catch (error) {
    return fail(ioFailure(error, folder));
  }
}

/** Commands of any user write their results; what the engine mounts over is no change of a step. */
function foldersTar(): Buffer {
  const engines = ['dev', 'etc', 'proc', 'sys'].map((name) => folderHeader(name, 0o755));
  return Buffer.concat([...engines, folderHeader(STEP_FOLDER, 0o1777), Buffer.alloc(2 * BLOCK)]);
}

function folderHeader(name: string, mode: number): Buffer {
  return writeHeader({ name: `${name}/`, type: '5', mode });
}

async function linkOnce(from: string, to: string, chain: string): Promise<void> {
  if (await exists(to)) return;
  try {
    await link(from, to);
  } catch (error) {
    if (isErrno(error) && error.code === 'EEXIST') return;
    // Another file system, or one without links; or a blob of another user, which the kernel protects from links.
    await whole(to, chain, (temporary) => copyFile(from, temporary, constants.COPYFILE_FICLONE));
  }
}

async function writeOnce(path: string, content: string | Buffer, chain: string): Promise<void> {
  if (!(await exists(path))) await whole(path, chain, (temporary) => writeFile(temporary, content));
}

async function whole(
  path: string,
  chain: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = join(chain, CHAIN_STEPS, `${newOwnedName()}.tmp`);
  try {
    await write(temporary);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
