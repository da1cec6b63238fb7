import { cp, link, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { caughtResult, isErrno, run } from '@image-tooling/host';
import { ok, type Layer, type OriginLayer, type Result } from '@image-tooling/model';
import { openStore, type Store } from '@image-tooling/oci';
import type { Session } from '../session';

/** A place to build in: a workspace with the same definitions, and a store without what is to be built. */
export interface Room {
  readonly workspace: string;
  readonly store: Store;
}

export interface RoomRequest {
  /** The folder to create it in. */
  readonly folder: string;
  /** Folder of the project to build: its outputs are left out, so that nothing is taken from them. */
  readonly subject: string;
  /** Layers that are not built again: of the parent, of tools, of a base. */
  readonly below: readonly OriginLayer[];
  /** Stores whose downloads are shared. */
  readonly from: readonly Store[];
}

/**
 * Makes a place to build in, which shares files with the original but never writes to them. Fails with
 * `disk-full` or `io`.
 */
export function makeRoom(session: Session, request: RoomRequest): Promise<Result<Room>> {
  const workspace = join(request.folder, 'workspace');
  return caughtResult(request.folder, async () => {
    await copyWorkspace(session, workspace, join(session.root, request.subject, 'dist'));
    const store = await openStore(join(request.folder, 'store'));
    if (!store.ok) return store;
    for (const from of request.from) await takeDownloads(from.root, store.value.root);
    const kept = await takeLayers(session.store, store.value, request.below);
    return kept.ok ? ok({ workspace, store: store.value }) : kept;
  });
}

/** Copies images and tools, and their outputs without blobs, and files; links to all other folders. */
async function copyWorkspace(
  { root, options: { imagesDir, toolsDir } }: Session,
  to: string,
  leftOut: string,
): Promise<void> {
  await mkdir(to, { recursive: true });
  const copied = new Set([imagesDir, toolsDir].map((folder) => folder.split('/')[0]));
  for (const entry of await readdir(root, { withFileTypes: true })) {
    const { name } = entry;
    if (name === '.git' || name === '.nx') continue;
    if (copied.has(name) || entry.isFile())
      await cp(join(root, name), join(to, name), {
        recursive: true,
        verbatimSymlinks: true,
        filter: (path) =>
          path !== leftOut && basename(path) !== 'layer.blob' && basename(path) !== 'node_modules',
      });
    else await symlink(join(root, name), join(to, name));
  }
}

/** Blobs are never changed in place, so both stores can share a file. Go's compiled packages are left out. */
async function takeDownloads(from: string, to: string): Promise<void> {
  const blobs = join('blobs', 'sha256');
  await mkdir(join(to, blobs), { recursive: true });
  for (const name of await readdir(join(from, blobs)).catch(() => []))
    await unlessThere(link(join(from, blobs, name), join(to, blobs, name)));
  await mkdir(join(to, 'go'), { recursive: true });
  for (const name of ['mod', 'toolchain']) {
    await mkdir(join(from, 'go', name), { recursive: true });
    await unlessThere(symlink(join(from, 'go', name), join(to, 'go', name)));
  }
}

async function unlessThere(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isErrno(error) || error.code !== 'EEXIST') throw error;
  }
}

async function takeLayers(from: Store, to: Store, layers: readonly OriginLayer[]): Promise<Result<void>> {
  for (const layer of layers) {
    const paths = await from.getPaths(layer.diffId);
    const kept = paths ? await to.putBuild(layer.buildId, plain(layer), paths) : ok(undefined);
    if (!kept.ok) return kept;
  }
  return ok(undefined);
}

function plain({ diffId, digest, size, tarSize, compression }: Layer): Layer {
  return { diffId, digest, size, tarSize, compression };
}

/**
 * Removes all such places; an ordinary user's unpacked systems can only be removed in their user namespace.
 */
export async function removeRooms(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    await run({ argv: ['buildah', 'unshare', 'rm', '-rf', folder] });
    await rm(folder, { recursive: true, force: true });
  }
}
