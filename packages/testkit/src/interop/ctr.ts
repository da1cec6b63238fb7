import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ok, type Result } from '@image-tooling/model';
import { noContainerd, startContainerd, type Containerd } from './containerd';
import { pullWith, runWith, versionOf } from './programs';
import { openScratch } from './scratch';
import type { Consumer } from './types';

/** containerd through its own command `ctr`, with a daemon that is started for it. */
export function ctr(): Consumer {
  const scratch = openScratch('ctr');
  let daemon: Promise<Result<Containerd>> | undefined;
  const started = (): Promise<Result<Containerd>> => (daemon ??= scratch.folder().then(startContainerd));
  return {
    name: 'ctr',
    available: noContainerd,
    version: () => versionOf('containerd', '--version'),
    readsZstd: () => Promise.resolve(true),
    async pull(reference) {
      const containerd = await started();
      if (!containerd.ok) return containerd;
      const { socket, snapshotter } = containerd.value;
      const flags = ['--plain-http', '--snapshotter', snapshotter];
      return pullWith(['ctr', '--address', socket, 'images', 'pull', ...flags, reference]);
    },
    async run(reference, argv) {
      const containerd = await started();
      if (!containerd.ok) return containerd;
      const { socket, snapshotter } = containerd.value;
      const fifos = join(await scratch.folder(), 'fifo');
      const flags = ['--rm', '--snapshotter', snapshotter, '--fifo-dir', fifos];
      const id = `interop-${randomUUID()}`;
      return runWith(['ctr', '--address', socket, 'run', ...flags, reference, id, ...argv]);
    },
    async cleanup() {
      const running = (await daemon) ?? ok(undefined);
      daemon = undefined;
      if (running.ok) await running.value?.stop();
      await scratch.remove();
    },
  };
}
