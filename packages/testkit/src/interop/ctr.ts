import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { HostResult } from '@image-tooling/host';
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
      const once = () =>
        runWith([
          ...(['ctr', '--address', socket, 'run'] as const),
          ...[...flags, reference, `interop-${randomUUID()}`, ...argv],
        ]);
      return untilHeard(once);
    },
    async cleanup() {
      const running = (await daemon) ?? ok(undefined);
      daemon = undefined;
      if (running.ok) await running.value?.stop();
      await scratch.remove();
    },
  };
}

/** Attempts for a program whose output may have been lost. */
const RUNS = 3;

/**
 * On a busy machine `ctr` may end before it has copied what a short program wrote: a program that succeeded
 * without output is run again.
 */
async function untilHeard(once: () => Promise<Result<HostResult>>): Promise<Result<HostResult>> {
  for (let runs = 1; ; runs++) {
    const ran = await once();
    const isSilent = ran.ok && ran.value.exitCode === 0 && ran.value.stdout === '';
    if (!isSilent || runs === RUNS) return ran;
  }
}
