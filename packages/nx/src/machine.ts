import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What of this machine decides whether images can be built on it. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  readonly isRoot: boolean;
}

/** Programs, and the Debian packages that bring them. */
const BUILDAH = { buildah: 'buildah', runc: 'runc', unshare: 'util-linux' };
const BUILDAH_OF_USERS = { newuidmap: 'uidmap', 'fuse-overlayfs': 'fuse-overlayfs' };
/** Folders that an ordinary user's path often lacks. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The Debian packages that are missing to run an engine here; none where something on the machine brings one. */
export function missingPackages(machine: Machine): string[] {
  if (hasEngineOfAnother(machine)) return [];
  const needed = { ...BUILDAH, ...(machine.isRoot ? {} : BUILDAH_OF_USERS) };
  const missing = Object.entries(needed).filter(([program]) => !isThere(program, machine.env));
  return missing.map(([, name]) => name);
}

function hasEngineOfAnother({ env }: Machine): boolean {
  const isNamed = ['_EXPERIMENTAL_DAGGER_RUNNER_HOST', 'DAGGER_SESSION_PORT'].some((name) => env[name]);
  return isNamed || ['docker', 'podman'].some((program) => isThere(program, env));
}

function isThere(program: string, env: NodeJS.ProcessEnv): boolean {
  const folders = [...(env['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS].filter(
    (folder) => folder !== '',
  );
  return folders.some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
