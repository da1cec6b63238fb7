import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '@image-tooling/model';
import { startContainerd } from './containerd';
import { startDaemon, type Daemon } from './daemon';

/** A Docker daemon of our own, on a containerd of our own. */
export interface Dockerd extends Daemon {
  /** The client's command line, without settings or credentials of the user. */
  readonly client: readonly [string, ...string[]];
}

/** Starts dockerd with all its data in a folder, without touching the machine's networks. */
export async function startDockerd(folder: string): Promise<Result<Dockerd>> {
  const containerd = await startContainerd(folder);
  if (!containerd.ok) return containerd;
  const socket = `unix://${join(folder, 'docker.sock')}`;
  const client = ['docker', '--config', join(folder, 'docker-config'), '--host', socket] as const;
  const dockerd = await startDaemon({
    argv: await command(folder, containerd.value.socket, containerd.value.snapshotter, socket),
    question: [...client, 'version'],
  });
  if (!dockerd.ok) {
    await containerd.value.stop();
    return dockerd;
  }
  const stop = async (): Promise<void> => {
    await dockerd.value.stop();
    await containerd.value.stop();
  };
  return ok({ client, stop });
}

async function command(
  folder: string,
  containerd: string,
  snapshotter: string,
  socket: string,
): Promise<[string, ...string[]]> {
  const config = join(folder, 'daemon.json');
  await writeFile(config, '{}');
  const driver = snapshotter === 'overlayfs' ? 'overlay2' : 'vfs';
  const places = [
    ...['--config-file', config, '--data-root', join(folder, 'docker'), '--exec-root', join(folder, 'exec')],
    ...['--pidfile', join(folder, 'docker.pid'), '--containerd', containerd, '--host', socket],
  ];
  const noNetworks = ['--bridge=none', '--iptables=false', '--ip6tables=false'];
  return ['dockerd', ...places, ...noNetworks, '--storage-driver', driver, '--log-level', 'warn'];
}
