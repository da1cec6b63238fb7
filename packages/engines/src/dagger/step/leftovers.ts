import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isOrphan } from '@image-tooling/host';
import type { Places } from './places';

/** Removes the leftovers of killed processes: steps, and partly rewritten layers. */
export async function removeOrphans({ steps, layers }: Places): Promise<void> {
  await removeIn(steps, isOrphan);
  await removeIn(layers, (name) => name.endsWith('.tmp') && isOrphan(name.split('.').at(-2) ?? ''));
}

async function removeIn(folder: string, isLeft: (name: string) => boolean): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(isLeft)) await rm(join(folder, name), { recursive: true, force: true });
}
