import { mkdir, mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { run } from '@image-tooling/host';

/** The temporary folder of one consumer: made when it is first asked for. */
export interface Scratch {
  folder(): Promise<string>;
  remove(): Promise<void>;
}

/** statfs(2): the magic number of overlayfs, on which no other overlay can be mounted. */
const OVERLAYFS_MAGIC = 0x794c7630;

export function openScratch(name: string): Scratch {
  let made: Promise<string> | undefined;
  return {
    folder: () => (made ??= makeFolder(name)),
    async remove() {
      const folder = await made;
      made = undefined;
      if (folder !== undefined) await removeTree(folder);
    },
  };
}

/**
 * Returns whether systems can be unpacked as overlays in a folder: takes root, and a file system that bears
 * them.
 */
export async function takesOverlays(folder: string): Promise<boolean> {
  return isRoot() && (await statfs(folder)).type !== OVERLAYFS_MAGIC;
}

/** Returns the environment for Podman, skopeo and buildah: without the credentials that the user may have. */
export function envWithoutLogins(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, REGISTRY_AUTH_FILE: join(folder, 'auth.json') };
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Signatures are not what is tried here (containers-policy.json(5)). */
const ANY_IMAGE = JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] });

async function makeFolder(name: string): Promise<string> {
  // Sockets are in it, whose paths may have no more than 107 bytes (unix(7)).
  const folder = await mkdtemp(join(tmpdir(), `interop-${name}-`));
  await mkdir(join(folder, 'tmp'));
  await writeFile(join(folder, 'policy.json'), ANY_IMAGE);
  await writeFile(join(folder, 'auth.json'), '{}');
  return folder;
}

/**
 * Removes a folder in which containers were. What an ordinary user's containers own belongs to subordinate ids, that only
 * `buildah unshare` may remove.
 */
export async function removeTree(folder: string): Promise<void> {
  if (!isRoot()) {
    await run({ argv: ['buildah', 'unshare', 'rm', '-rf', '--', folder], timeoutSeconds: 60 });
    return;
  }
  await unmountAndRemove(folder, REMOVAL_TRIES);
}

const REMOVAL_TRIES = 10;
const BETWEEN_TRIES_MS = 200;

/**
 * Podman leaves its storage mounted over itself. What it starts at the end of a container may mount it again, and write
 * there, when `podman rm` has ended.
 */
async function unmountAndRemove(folder: string, tries: number): Promise<void> {
  for (const mount of await mountsIn(folder)) await run({ argv: ['umount', mount], timeoutSeconds: 20 });
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    if (tries === 1) throw error;
    await setTimeout(BETWEEN_TRIES_MS);
    await unmountAndRemove(folder, tries - 1);
  }
}

/** Mount points below a folder, the last one first (proc_mounts(5)). */
async function mountsIn(folder: string): Promise<string[]> {
  const lines = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  const points = lines.map((line) => line.split(' ')[1] ?? '');
  return points.filter((point) => point.startsWith(`${folder}/`)).reverse();
}
