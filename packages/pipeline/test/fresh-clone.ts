import { execFile } from 'node:child_process';
import { copyFile, cp, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LayerFile } from '@image-tooling/model';
import { openStore } from '@image-tooling/oci';
import { WorkspaceRig } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { writeFacts } from '../src/workspace/fact-files';
import { writePathsFile } from '../src/workspace/paths-file';
import { DIST, type PublishWorkspace } from './publish/workspace';

const exec = promisify(execFile);

/** Writes what the build of the planted tool would have written: its blob, paths and contents. */
export async function completeToolOutputs(workspace: PublishWorkspace): Promise<void> {
  const { rig } = workspace;
  const { layer } = await workspace.read<LayerFile>(`tools/greet/${DIST}/layer.json`);
  const store = valueOf(await openStore(rig.store));
  await copyFile(store.blobPath(layer.digest), join(rig.folder, 'tools/greet', DIST, 'layer.blob'));
  await writeToolFacts(workspace, rig.folder);
}

/** Writes paths and contents of the planted tool, from the store of its workspace, into the workspace in a folder. */
export async function writeToolFacts(workspace: PublishWorkspace, folder: string): Promise<void> {
  const { layer } = await workspace.read<LayerFile>(`tools/greet/${DIST}/layer.json`);
  const store = valueOf(await openStore(workspace.rig.store));
  const dist = join(folder, 'tools/greet', DIST);
  valueOf(await writePathsFile(store, dist, [layer.diffId]));
  valueOf(await writeFacts('contents', store, dist, [layer.diffId]));
}

/** Returns another machine: a fresh clone of the workspace, the outputs as Nx restores them, an empty store. */
export async function freshClone({ rig }: PublishWorkspace): Promise<WorkspaceRig> {
  const folder = await mkdtemp(join(tmpdir(), 'image-tooling-clone-'));
  await exec('git', ['clone', '--quiet', rig.folder, folder]);
  for (const kind of ['images', 'tools'])
    for (const entry of await readdir(join(rig.folder, kind), { withFileTypes: true })) {
      const dist = join(kind, entry.name, 'dist');
      if (entry.isDirectory()) await cp(join(rig.folder, dist), join(folder, dist), { recursive: true });
    }
  return new WorkspaceRig(folder, await mkdtemp(join(tmpdir(), 'image-tooling-store-')));
}
