import { mkdir, readFile } from 'node:fs/promises';
import { caught, writeFileAtomic } from '@image-tooling/host';
import { all, ok, type Result } from '@image-tooling/model';
import type { Places } from './places';

/** The environment for programs of the host, and buildah's folders. */
export type HostEnv = Readonly<Record<string, string>>;

const PASSED_ON = ['USER', 'LOGNAME'] as const;
/** `losetup`, `chroot` and others are there, and an ordinary user's PATH on Debian lacks it. */
const SYSTEM_FOLDERS = '/usr/local/sbin:/usr/sbin:/sbin';
const DEFAULT_PATH = `${SYSTEM_FOLDERS}:/usr/local/bin:/usr/bin:/bin`;

/** Returns the environment of buildah and its helpers: our own configuration, nothing of the user's. */
export function hostEnv(env: Readonly<Record<string, string | undefined>>, places: Places): HostEnv {
  const passed = PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return {
    ...Object.fromEntries(passed),
    PATH: env['PATH'] === undefined ? DEFAULT_PATH : `${env['PATH']}:${SYSTEM_FOLDERS}`,
    LC_ALL: 'C',
    HOME: places.home,
    TMPDIR: places.home,
    CONTAINERS_STORAGE_CONF: places.storageConf,
    CONTAINERS_CONF: places.containersConf,
  };
}

/**
 * Returns the command of buildah with its storage: within `buildah unshare` it ignores the configuration and
 * uses the user's own storage.
 */
export function buildahCommand(places: Places): [string, ...string[]] {
  return ['buildah', '--root', places.storage, '--runroot', places.run, '--storage-driver', 'vfs'];
}

/**
 * Writes the configuration. Containers are empty folders over which each step mounts its own overlay, so this
 * uses the simplest storage driver (containers-storage.conf(5)).
 */
export async function configure(places: Places): Promise<Result<void>> {
  const made = await caught(places.root, async () => {
    for (const folder of [places.layers, places.steps, places.locks, places.home])
      await mkdir(folder, { recursive: true });
  });
  if (!made.ok) return made;
  const storage = [
    '[storage]',
    'driver = "vfs"',
    `graphroot = ${JSON.stringify(places.storage)}`,
    `runroot = ${JSON.stringify(places.run)}`,
    '',
  ].join('\n');
  const written = await Promise.all([
    writeOnce(places.storageConf, storage),
    writeOnce(places.containersConf, '[containers]\nenv = []\n'),
  ]);
  const result = all(written);
  return result.ok ? ok(undefined) : result;
}

/** Keeps an identical file, which another process may be reading. */
async function writeOnce(path: string, text: string): Promise<Result<void>> {
  const old = await readFile(path, 'utf8').catch(() => undefined);
  return old === text ? ok(undefined) : writeFileAtomic(path, text);
}
