import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageOf, startDockerd } from '@image-tooling/testkit';
import { IMAGE, imageArchive, UNPRIVILEGED, openFolder, type RealEngine } from './real-engines';

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
  chownSync(home, UNPRIVILEGED, UNPRIVILEGED);
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
  const as = (argv: readonly string[]): [string, ...string[]] => [
    'setpriv',
    '--reuid',
    `${UNPRIVILEGED}`,
    '--regid',
    `${UNPRIVILEGED}`,
    '--groups',
    '4,27',
    '--',
    ...argv,
  ];
  const stop = async (): Promise<void> => {
    spawnSync('sh', ['-c', 'docker ps -aq | xargs -r docker rm -f'], { env });
    await started.value.stop();
    for (const mount of mountsIn(folder)) spawnSync('umount', [mount]);
    rmSync(folder, { recursive: true, force: true });
  };
  return { name: 'docker', uid: UNPRIVILEGED, gid: UNPRIVILEGED, groups: [4, 27], home, env, as, stop };
}

/** proc_mounts(5); the last one first. */
function mountsIn(folder: string): string[] {
  const points = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return points.filter((point) => point.startsWith(`${folder}/`)).reverse();
}
