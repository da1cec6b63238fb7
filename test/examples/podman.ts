import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { podmanBelow, removeTree } from '@image-tooling/testkit/interop';

export interface PodmanRun {
  readonly exitCode: number;
  readonly output: string;
}

/** Podman with a storage of its own. */
export interface Podman {
  readonly folder: string;
  (...args: readonly string[]): PodmanRun;
  remove(): Promise<void>;
}

export function podman(): Podman {
  const folder = mkdtempSync(join(tmpdir(), 'podman-'));
  const { options, env } = podmanBelow(folder, { engine: 'runtime = "runc"' });
  const call = (...args: readonly string[]): PodmanRun => run([...options, ...args], env);
  const remove = async (): Promise<void> => {
    call('rm', '--all', '--force');
    await removeTree(folder);
  };
  return Object.assign(call, { folder, remove });
}

function run(args: readonly string[], own: NodeJS.ProcessEnv): PodmanRun {
  const env = { ...process.env, ...own };
  try {
    return { exitCode: 0, output: execFileSync('podman', args, { env, encoding: 'utf8', stdio: 'pipe' }) };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { exitCode: status, output: `${stdout}${stderr}` };
  }
}
