import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageOf } from '@image-tooling/testkit/busybox';
import { UNPRIVILEGED_ID, unprivileged } from '@image-tooling/testkit/helpers';
import { removeTree, startDockerd } from '@image-tooling/testkit/interop';
import { IMAGE, imageArchive, openFolder, OTHER_GROUPS, type RealEngine } from './real-engines';

/** Docker of this machine's Debian, unpacked, with a daemon of its own; called by an ordinary user. */
export async function startDocker(): Promise<RealEngine> {
  const folder = openFolder('docker');
  const programs = join(folder, 'programs');
  for (const name of ['docker.io', 'tini'])
    execFileSync('dpkg-deb', [
      '--extract',
      await packageOf(name, process.arch === 'arm64' ? 'arm64' : 'amd64'),
      programs,
    ]);
  const home = join(folder, 'home');
  mkdirSync(home);
  chownSync(home, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
  process.env['PATH'] = `${programs}/usr/bin:${programs}/usr/sbin:${process.env['PATH'] ?? ''}`;
  const started = await startDockerd(folder);
  if (!started.ok) throw new Error(JSON.stringify(started.failures));
  const socket = join(folder, 'docker.sock');
  chmodSync(socket, 0o666);
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    DOCKER_HOST: `unix://${socket}`,
    TOOLBOX_ENGINE: 'docker',
    TOOLBOX_IMAGE: IMAGE,
  };
  execFileSync('docker', ['import', await imageArchive(folder), IMAGE], { env, stdio: 'pipe' });
  const as = (argv: readonly string[]) => unprivileged(argv, OTHER_GROUPS);
  const stop = async (): Promise<void> => {
    spawnSync('sh', ['-c', 'docker ps -aq | xargs -r docker rm -f'], { env });
    await started.value.stop();
    await removeTree(folder);
  };
  const ids = { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID, groups: OTHER_GROUPS };
  return { name: 'docker', ...ids, home, env, as, stop };
}
