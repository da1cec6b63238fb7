import { existsSync } from 'node:fs';
import { hasProgram } from '@image-tooling/host';
import { engineContract } from '@image-tooling/testkit';
import { openEngine } from '../src';
import { openBuildah } from '../src/buildah/open';

engineContract('buildah', (storeRoot) => openEngine({ env: process.env, storeRoot }));

const reasonWithoutFuse = !(await hasProgram('fuse-overlayfs'))
  ? 'fuse-overlayfs is not installed'
  : existsSync('/dev/fuse')
    ? undefined
    : 'there is no /dev/fuse';
engineContract(
  'buildah, overlays by fuse-overlayfs',
  (storeRoot) => openBuildah({ env: process.env, storeRoot, overlay: 'fuse' }),
  reasonWithoutFuse,
);

engineContract(
  'dagger',
  (storeRoot) => openEngine({ env: { IMAGE_ENGINE: 'dagger' }, storeRoot }),
  'comes with a later version',
);
