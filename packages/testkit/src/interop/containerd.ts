import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '@image-tooling/model';
import { startDaemon, type Daemon } from './daemon';
import { missing } from './programs';
import { isRoot, takesOverlays } from './scratch';

/** A containerd of our own. */
export interface Containerd extends Daemon {
  readonly socket: string;
  readonly snapshotter: 'overlayfs' | 'native';
}

/** Returns why no containerd can be started here. */
export async function noContainerd(): Promise<string | undefined> {
  return isRoot() ? missing('containerd', 'ctr', 'runc') : 'containerd has to be started by root';
}

/** Starts containerd with all its data in a folder, in addition to one that the machine may run. */
export async function startContainerd(folder: string): Promise<Result<Containerd>> {
  const socket = join(folder, 'containerd.sock');
  const config = join(folder, 'containerd.toml');
  await writeFile(config, settings(folder, socket));
  const daemon = await startDaemon({
    argv: ['containerd', '--config', config, '--log-level', 'warn'],
    question: ['ctr', '--address', socket, 'version'],
  });
  if (!daemon.ok) return daemon;
  const snapshotter = (await takesOverlays(folder)) ? 'overlayfs' : 'native';
  return ok({ ...daemon.value, socket, snapshotter });
}

/** Kubernetes' interface and the folder for add-ons (/opt/containerd) are not needed. */
function settings(folder: string, socket: string): string {
  return `
version = 2
root = ${JSON.stringify(join(folder, 'root'))}
state = ${JSON.stringify(join(folder, 'state'))}
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
  address = ${JSON.stringify(socket)}
[ttrpc]
  address = ${JSON.stringify(`${socket}.ttrpc`)}
`;
}
