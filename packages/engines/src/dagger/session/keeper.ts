import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, signalProcess, startDetached } from '@image-tooling/host';
import type { Environment } from '../environment';
import { daggerOf, keeperOf, ownerIn } from './folder';
import { KEEPER_SCRIPT } from './keeper-script';
import type { Owner } from './owner';

export interface KeeperRequest {
  /** Absolute; exists. */
  readonly folder: string;
  readonly owner: Owner;
  /** Absolute path of `dagger`. */
  readonly program: string;
  /** The whole environment of `dagger session`. */
  readonly env: Environment;
}

const LOG_BYTES = 4 * 1024 * 1024;
/**
 * Exits at once, so that the keeper has no parent: a program that kills a task with its children does not
 * kill it.
 */
const STARTER = 'sh "$@" </dev/null >/dev/null 2>&1 &';

/** Starts a keeper in a session and process group of its own. It writes its state to its folder. */
export async function startKeeper({ folder, owner, program, env }: KeeperRequest): Promise<void> {
  const script = join(folder, 'keeper.sh');
  await writeFile(script, KEEPER_SCRIPT);
  const args = [String(owner.pid), owner.start, program, String(LOG_BYTES)];
  // Without a shell, the folder stays empty, which the caller notices.
  await startDetached(['sh', '-c', STARTER, 'sh', script, ...args], env);
}

/** Asks a folder's keeper to end the session, which takes it up to 5 s. Does not wait. */
export function stopKeeper(folder: string): void {
  const keeper = keeperOf(folder);
  // A keeper that is just starting ends because its folder is gone.
  if (!keeper) rmSync(folder, { recursive: true, force: true });
  else if (isAlive(keeper)) signalProcess(keeper.pid, 'SIGTERM');
}

export function keeperLives(folder: string): boolean {
  const keeper = keeperOf(folder);
  return keeper !== undefined && isAlive(keeper);
}

/**
 * Removes the leftovers of killed keepers: their folders, and a `dagger session` that did not end by itself.
 */
export async function removeLeftovers(sessions: string): Promise<void> {
  for (const name of readdirSync(sessions)) {
    const folder = join(sessions, name);
    const owner = ownerIn(name);
    if (!owner || isAlive(keeperOf(folder) ?? owner)) continue;
    const dagger = daggerOf(folder);
    if (dagger !== undefined && isItsProgram(dagger, folder)) signalProcess(dagger, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Returns whether the process is our `dagger session`, the only one that writes into the folder: process ids
 * are reused.
 */
function isItsProgram(pid: number, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/fd/1`) === join(folder, 'answer');
  } catch {
    return false;
  }
}
