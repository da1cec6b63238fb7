import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayerFile } from '@image-tooling/model';
import { openStore } from '@image-tooling/oci';
import type { WorkspaceRig } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { onTestFinished } from 'vitest';
import { writeFacts } from '../src/workspace/contents-file';
import { writePathsFile } from '../src/workspace/paths-file';
import { DIST, type PublishWorkspace } from './publish/workspace';
import { rigOnSmallDebian } from './shared-base';

/** No engine is found there. */
export const NO_PROGRAMS = { PATH: '/nonexistent' };

/** Another machine: the same definitions and locks, and the outputs as Nx restores them; its store is empty. */
export async function restored(published: PublishWorkspace, storeFrom?: string): Promise<WorkspaceRig> {
  const rig = await rigOnSmallDebian({
    archives: [published.archive],
    ...(storeFrom !== undefined && { storeFrom }),
  });
  onTestFinished(() => rig.remove());
  for (const folder of ['images', 'tools'])
    await cp(join(published.rig.folder, folder), join(rig.folder, folder), { recursive: true });
  // The tool is planted: its build, which writes this too, did not run.
  const { layer } = await published.read<LayerFile>(`tools/greet/${DIST}/layer.json`);
  const store = valueOf(await openStore(published.rig.store));
  const dist = join(rig.folder, 'tools/greet', DIST);
  valueOf(await writePathsFile(store, dist, [layer.diffId]));
  valueOf(await writeFacts('contents', store, dist, [layer.diffId]));
  return rig;
}
