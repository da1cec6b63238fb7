import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a container that we run in may forbid is not asked for (containers.conf(5)). */
const SETTINGS = `
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
runtime = "runc"
lock_type = "file"
`;

export interface PodmanRun {
  readonly exitCode: number;
  readonly output: string;
}

/** Podman with a storage of its own. */
export interface Podman {
  readonly folder: string;
  (...args: readonly string[]): PodmanRun;
  remove(): void;
}

export function podman(): Podman {
  const folder = mkdtempSync(join(tmpdir(), 'podman-'));
  const settings = join(folder, 'containers.conf');
  writeFileSync(settings, SETTINGS);
  writeFileSync(
    join(folder, 'policy.json'),
    JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }),
  );
  const places = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run')];
  const argv = [...places, '--tmpdir', join(folder, 'tmp'), '--storage-driver', 'overlay'];
  const env = { ...process.env, CONTAINERS_CONF: settings };
  const call = (...args: readonly string[]): PodmanRun => run(['podman', ...argv, ...args], env);
  const remove = () => {
    call('rm', '--all', '--force');
    rmSync(folder, { recursive: true, force: true });
  };
  return Object.assign(call, { folder, remove });
}

function run([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): PodmanRun {
  try {
    return { exitCode: 0, output: execFileSync(program, args, { env, encoding: 'utf8', stdio: 'pipe' }) };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { exitCode: status, output: `${stdout}${stderr}` };
  }
}
