import { buildah } from './buildah';
import { ctr } from './ctr';
import { docker } from './docker';
import { podman } from './podman';
import { skopeo } from './skopeo';
import type { Consumer } from './types';

export { startDaemon, type Daemon, type DaemonRequest } from './daemon';
export { startDockerd, type Dockerd } from './dockerd';
export { podmanBelow } from './podman-below';
export { missing as missingProgram } from './programs';
export { isRoot, removeTree } from './scratch';
export type { Consumer } from './types';

/** All programs that images are tested with. Each starts its daemon on first use. */
export const consumers: readonly Consumer[] = [docker(), podman(), skopeo(), buildah(), ctr()];
