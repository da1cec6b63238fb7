import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isOrphan } from '../../owners';
import { CHAIN_STEPS } from './chain';
import type { Places } from './places';

/** A chain that no step used for so long is not kept: its links hold blobs that the store may have dropped. */
const UNUSED_MS = 7 * 24 * 3600 * 1000;

/** Removes what processes left that were killed, and chains that nobody uses any more. */
export async function removeOrphans({ steps, chains, layers }: Places): Promise<void> {
  await removeIn(steps, isOrphan);
  await removeIn(layers, (name) => name.endsWith('.tmp') && isOrphan(name.split('.').at(-2) ?? ''));
  for (const chain of await namesIn(chains)) {
    const folder = join(chains, chain);
    const used = await stat(folder).catch(() => undefined);
    if (used && Date.now() - used.mtimeMs > UNUSED_MS) await rm(folder, { recursive: true, force: true });
    else await removeIn(join(folder, CHAIN_STEPS), (name) => isOrphan(name.replace(/\.tmp$/, '')));
  }
}

async function removeIn(folder: string, isLeft: (name: string) => boolean): Promise<void> {
  for (const name of (await namesIn(folder)).filter(isLeft))
    await rm(join(folder, name), { recursive: true, force: true });
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
