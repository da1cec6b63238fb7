import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRegistry, type RealRegistry, type RealRegistryOptions } from './registry';

/** A registry whose disk can fill up. */
export interface SmallDiskRegistry {
  readonly registry: RealRegistry;
  /** Makes the disk larger (or smaller), as an operator does to free space. */
  resize(megabytes: number): void;
  stop(): Promise<void>;
}

/** Returns why no small disk can be mounted here, as reason to skip a test, or undefined. */
export function whyNoSmallDisk(): string | undefined {
  if (process.getuid?.() !== 0) return 'mounting a small disk needs root';
  const folder = execFileSync('mktemp', ['-d']).toString().trim();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'pipe' });
    execFileSync('umount', ['-l', folder], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `no tmpfs can be mounted: ${(error as Error).message.trim()}`;
  } finally {
    execFileSync('rmdir', [folder], { stdio: 'ignore' });
  }
}

/** Starts a registry on a tmpfs of so many megabytes. Needs root: ask `whyNoSmallDisk` first. */
export async function startSmallDiskRegistry(
  megabytes: number,
  options: Omit<RealRegistryOptions, 'storage'> = {},
): Promise<SmallDiskRegistry> {
  const disk = await mkdtemp(join(tmpdir(), 'registry-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk]);
  const leave = async (): Promise<void> => {
    execFileSync('umount', ['-l', disk]);
    await rm(disk, { recursive: true, force: true });
  };
  const storage = join(disk, 'storage');
  await mkdir(storage);
  try {
    const registry = await startRegistry({ ...options, storage });
    return {
      registry,
      resize: (size) => execFileSync('mount', ['-o', `remount,size=${size}m`, disk]),
      stop: () => registry.stop().finally(leave),
    };
  } catch (error) {
    await leave();
    throw error;
  }
}
