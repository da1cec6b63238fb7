import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { mustRun, type HostResult } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import { missing, pullWith, runWith, versionOf } from './programs';
import { envWithoutLogins, openScratch, takesOverlays, type Scratch } from './scratch';
import type { Consumer } from './types';

/** buildah, with a storage of its own; it runs commands in a chroot, on the machine's network. */
export function buildah(): Consumer {
  const scratch = openScratch('buildah');
  return {
    name: 'buildah',
    available: () => missing('buildah'),
    version: () => versionOf('buildah', '--version'),
    readsZstd: () => Promise.resolve(true),
    async pull(reference) {
      const folder = await scratch.folder();
      const policy = join(folder, 'policy.json');
      const flags = ['--quiet', '--tls-verify=false', '--signature-policy', policy];
      const argv = [...(await command(scratch)), 'pull', ...flags, `docker://${reference}`] as const;
      return pullWith(argv, envWithoutLogins(folder));
    },
    run: async (reference, argv) => runIn(await command(scratch), reference, argv),
    cleanup: () => scratch.remove(),
  };
}

type Command = readonly [string, ...string[]];

async function command(scratch: Scratch): Promise<Command> {
  const folder = await scratch.folder();
  const driver = (await takesOverlays(folder)) ? 'overlay' : 'vfs';
  const places = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run')];
  return ['buildah', ...places, '--storage-driver', driver];
}

async function runIn(
  [program, ...flags]: Command,
  reference: string,
  argv: readonly string[],
): Promise<Result<HostResult>> {
  const name = `interop-${randomUUID()}`;
  const made = await mustRun({
    argv: [program, ...flags, 'from', '--pull-never', '--name', name, reference],
    timeoutSeconds: 60,
  });
  if (!made.ok) return made;
  const run = () => runWith([program, ...flags, 'run', '--isolation=chroot', name, '--', ...argv]);
  const first = await run();
  // On a busy machine, buildah 1.28 has ended with exit code 0 before it passed on what the command printed.
  const ran = first.ok && first.value.exitCode === 0 && first.value.stdout === '' ? await run() : first;
  await mustRun({ argv: [program, ...flags, 'rm', name], timeoutSeconds: 60 });
  return ran;
}
