import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkspaceRig } from '@image-tooling/testkit';
import { onTestFinished } from 'vitest';
import { writeToolFacts } from './fresh-clone';
import type { PublishWorkspace } from './publish/workspace';
import { rigOnSmallDebian } from './shared-base';

/** No engine is found there. */
export const NO_PROGRAMS = { PATH: '/nonexistent' };

/**
 * Another machine: the same definitions and locks, and the outputs as Nx restores them; its store is empty, or a copy of
 * another. Unlike a fresh clone it needs no git, has no blob of the tool, and can install packages.
 */
export async function restored(published: PublishWorkspace, storeFrom?: string): Promise<WorkspaceRig> {
  const rig = await rigOnSmallDebian({
    archives: [published.archive],
    ...(storeFrom !== undefined && { storeFrom }),
  });
  onTestFinished(() => rig.remove());
  for (const folder of ['images', 'tools'])
    await cp(join(published.rig.folder, folder), join(rig.folder, folder), { recursive: true });
  // The tool is planted: its build, which writes this too, did not run.
  await writeToolFacts(published, rig.folder);
  return rig;
}
