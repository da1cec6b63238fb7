import { buildah } from './buildah';
import { ctr } from './ctr';
import { docker } from './docker';
import { podman } from './podman';
import { skopeo } from './skopeo';
import type { Consumer } from './types';

export type { Consumer } from './types';

/** All programs that images are tried with. Each starts what it needs when it is first used. */
export const consumers: readonly Consumer[] = [docker(), podman(), skopeo(), buildah(), ctr()];
