import { access, constants } from 'node:fs/promises';
import { hasProgram } from '@image-tooling/host';
import { engineContract } from '@image-tooling/testkit';
import { openEngine } from '../src';
import { openBuildah } from '../src/buildah/open';

engineContract('buildah', (storeRoot) => openBuildah({ env: process.env, storeRoot }));

async function reasonWithoutFuse(): Promise<string | undefined> {
  if (!(await hasProgram('fuse-overlayfs'))) return 'fuse-overlayfs is not installed';
  return access('/dev/fuse', constants.R_OK | constants.W_OK).then(() => undefined, String);
}

engineContract(
  'buildah, overlays by fuse-overlayfs',
  (storeRoot) => openBuildah({ env: process.env, storeRoot, overlay: 'fuse' }),
  // The kind of overlay decides what changes come out, and nothing else.
  { parts: ['changes'], reasonToSkip: await reasonWithoutFuse() },
);

const address = process.env['_EXPERIMENTAL_DAGGER_RUNNER_HOST'];
const withDagger = { ...process.env, IMAGE_ENGINE: 'dagger' };

engineContract('dagger', (storeRoot) => openEngine({ env: withDagger, storeRoot }), {
  reasonWhyLinesComeLate:
    'on Dagger perl sends them, which busybox has not: see dagger-step.integration.test.ts',
  reasonToSkip: address ? undefined : 'no Dagger engine: set _EXPERIMENTAL_DAGGER_RUNNER_HOST',
});
