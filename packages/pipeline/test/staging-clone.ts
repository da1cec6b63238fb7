import type { WorkspaceRig } from '@image-tooling/testkit';
import { onTestFinished } from 'vitest';
import { freshClone } from './fresh-clone';
import type { PublishWorkspace } from './publish/workspace';

/** No engine is found there; git is. */
export const NO_ENGINE = {
  IMAGE_ENGINE: 'dagger',
  _EXPERIMENTAL_DAGGER_RUNNER_HOST: 'unix:///nonexistent',
};
export const PUSH = { IMAGE_STAGING_PUSH: 'true' };

/** Returns the variable that names the staging repository of a workspace. */
export const stagingOf = ({ proxy }: PublishWorkspace): NodeJS.ProcessEnv => ({
  IMAGE_STAGING: `${proxy.host}/team/staging`,
});

/** Returns an environment where nothing is published: staging alone has layers. */
export const stagingOnly = (main: PublishWorkspace, env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv =>
  main.env({ ...stagingOf(main), IMAGE_REGISTRY: '', ...env });

/** Returns a fresh clone, which is removed when the test ends. */
export async function stagingClone(main: PublishWorkspace): Promise<WorkspaceRig> {
  const rig = await freshClone(main);
  onTestFinished(() => rig.remove());
  return rig;
}
