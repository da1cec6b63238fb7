import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PodmanOptions {
  readonly driver?: 'overlay' | 'vfs';
  /** More lines of containers.conf(5), "[containers]" and "[engine]". */
  readonly containers?: string;
  readonly engine?: string;
}

/** How to start a Podman of its own. */
export interface PodmanBelow {
  /** Global options, which go before the command. */
  readonly options: readonly string[];
  readonly env: { readonly CONTAINERS_CONF: string };
}

/**
 * Returns how to start a Podman that has everything below a folder: `root`, `run` and `tmp`. Its settings are written
 * there too; without them it shares locks in /dev/shm and the journal with the user's own. Limits are low since Podman
 * otherwise raises them, which a container that we ourselves run in may forbid.
 */
export function podmanBelow(folder: string, more: PodmanOptions = {}): PodmanBelow {
  const { driver = 'overlay', containers = '', engine = '' } = more;
  const settings = join(folder, 'containers.conf');
  writeFileSync(settings, settingsText(containers, engine));
  const places = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run')];
  return {
    options: [...places, '--tmpdir', join(folder, 'tmp'), '--storage-driver', driver],
    env: { CONTAINERS_CONF: settings },
  };
}

function settingsText(containers: string, engine: string): string {
  return `
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
${containers}
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
${engine}
`;
}
