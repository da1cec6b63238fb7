import { join } from 'node:path';
import { podmanBelow } from './podman-below';
import { missing, pullWith, runWith, versionOf } from './programs';
import { envWithoutLogins, isRoot, openScratch, takesOverlays, type Scratch } from './scratch';
import type { Consumer } from './types';

/** Podman, with a storage and settings of its own, as the user that runs the tests. */
export function podman(): Consumer {
  const scratch = openScratch('podman');
  return {
    name: 'podman',
    available: () => missing('podman'),
    version: () => versionOf('podman', '--version'),
    readsZstd: () => Promise.resolve(true),
    async pull(reference) {
      const { argv, env, policy } = await command(scratch);
      const flags = ['--quiet', '--tls-verify=false', '--signature-policy', policy];
      return pullWith([...argv, 'pull', ...flags, `docker://${reference}`], env);
    },
    async run(reference, command_) {
      const { argv, env } = await command(scratch);
      return runWith([...argv, 'run', '--rm', '--pull=never', reference, ...command_], env);
    },
    async cleanup() {
      if (!isRoot()) await endPause(scratch);
      await scratch.remove();
    },
  };
}

/**
 * For an ordinary user Podman leaves a process that holds the namespaces (podman-system-migrate(1) ends it).
 */
async function endPause(scratch: Scratch): Promise<void> {
  const { argv, env } = await command(scratch);
  if ((await missing('podman')) === undefined) await runWith([...argv, 'system', 'migrate'], env);
}

interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  readonly policy: string;
}

async function command(scratch: Scratch): Promise<Command> {
  const folder = await scratch.folder();
  const driver = (await takesOverlays(folder)) ? 'overlay' : 'vfs';
  const { options, env } = podmanBelow(folder, { driver, containers: 'netns = "none"' });
  return {
    argv: ['podman', ...options],
    env: { ...envWithoutLogins(folder), ...env },
    policy: join(folder, 'policy.json'),
  };
}
