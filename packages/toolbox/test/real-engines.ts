import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { busyboxOf } from '@image-tooling/testkit/busybox';
import { UNPRIVILEGED_ID, unprivilegedWithIds } from '@image-tooling/testkit/helpers';
import { isRoot, missingProgram, podmanBelow, removeTree } from '@image-tooling/testkit/interop';

export const IMAGE = 'localhost/toolbox-test:1';
/** Groups of an unprivileged caller in addition to their own: adm and sudo of Debian (base-passwd). */
export const OTHER_GROUPS = [4, 27];

/** An engine of this machine, with storage of its own, for one user. */
export interface RealEngine {
  readonly name: 'podman' | 'podman rootless' | 'docker';
  /** The numbers of the caller, of their group and other groups. */
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly home: string;
  readonly env: Record<string, string>;
  /** The command line that runs a program as that user. */
  as(argv: readonly string[]): [string, ...string[]];
  stop(): Promise<void>;
}

/** Makes a root file system: busybox, and where it is on this machine, ssh-add with its libraries. */
export async function imageArchive(folder: string): Promise<string> {
  const root = await busyboxRoot(join(folder, 'image'));
  if (existsSync('/usr/bin/ssh-add')) copyWithLibraries('/usr/bin/ssh-add', root);
  const archive = join(folder, 'image.tar');
  execFileSync('tar', ['-C', root, '-cf', archive, '.']);
  return archive;
}

/** Makes a root file system with busybox and its commands in a folder; returns the folder. */
export async function busyboxRoot(root: string): Promise<string> {
  for (const name of ['bin', 'etc', 'tmp', 'root', 'work', 'run'])
    mkdirSync(join(root, name), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  const busybox = join(root, 'bin/busybox');
  copyFileSync(await busyboxOf(process.arch === 'arm64' ? 'arm64' : 'amd64'), busybox);
  chmodSync(busybox, 0o755);
  for (const applet of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n'))
    if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  return root;
}

/** Copies a program of this machine to bin/ of a root file system, and its libraries. */
export function copyWithLibraries(file: string, root: string, name = basename(file)): void {
  const listed = execFileSync('ldd', [file], { encoding: 'utf8' });
  const libraries = [...listed.matchAll(/(?:=> )?(\/\S+) \(/g)].map(([, path]) => path!);
  for (const path of [file, ...libraries]) {
    const target = join(root, path === file ? `bin/${name}` : path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(path, target);
    chmodSync(target, 0o755);
  }
}

/** Returns why Podman can't be run by root here. */
export async function whyNoPodman(): Promise<string | undefined> {
  return isRoot() ? missingProgram('podman', 'runc') : 'needs root';
}

export function openFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `toolbox-${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}

/** Podman as root. @param settings more lines of its containers.conf(5), the first ones in "[engine]" */
export async function startPodman(settings = ''): Promise<RealEngine> {
  const folder = openFolder('podman');
  const { home, env } = surroundings(folder, '/usr/bin/podman', settings);
  execFileSync('podman', ['import', '--quiet', await imageArchive(folder), IMAGE], { env, stdio: 'pipe' });
  const as = (argv: readonly string[]): [string, ...string[]] => [...argv] as [string, ...string[]];
  const stop = async (): Promise<void> => {
    spawnSync('podman', ['rm', '--all', '--force', '--time', '0'], { env });
    await removeTree(folder);
  };
  return { name: 'podman', uid: 0, gid: 0, groups: [0], home, env, as, stop };
}

/** Folders of a user, and a podman with its storage there. */
function surroundings(folder: string, podman: string, settings = ''): Pick<RealEngine, 'home' | 'env'> {
  const [home, bin, session] = ['home', 'bin', 'session'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [home, bin, session]) mkdirSync(path, { mode: 0o755 });
  const { options, env } = podmanBelow(folder, { engine: `runtime = "runc"\n${settings}` });
  writeProgram(
    join(bin, 'podman'),
    `export CONTAINERS_CONF='${env.CONTAINERS_CONF}'\nexec ${podman} ${options.join(' ')} "$@"`,
  );
  const path = `${bin}:${process.env['PATH'] ?? ''}`;
  return {
    home,
    env: { PATH: path, HOME: home, XDG_RUNTIME_DIR: session, TOOLBOX_ENGINE: 'podman', TOOLBOX_IMAGE: IMAGE },
  };
}

function writeProgram(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

/** Podman for an ordinary user. Throws with the reason where the machine does not allow it. */
export async function startRootlessPodman(): Promise<RealEngine> {
  const folder = openFolder('rootless');
  const { home, env } = surroundings(folder, '/usr/bin/podman');
  const own = ['root', 'run', 'tmp'].map((name) => join(folder, name));
  for (const path of own) mkdirSync(path);
  for (const path of [home, env['XDG_RUNTIME_DIR']!, ...own])
    chownSync(path, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
  const as = unprivilegedWithIds(join(folder, 'ids'), OTHER_GROUPS);
  const [file, ...args] = as(['podman', 'import', '--quiet', await imageArchive(folder), IMAGE]);
  execFileSync(file, args, { env, cwd: home, stdio: 'pipe' });
  const stop = async (): Promise<void> => {
    for (const words of [
      ['rm', '--all', '--force', '--time', '0'],
      ['system', 'migrate'],
    ]) {
      const [unshare, ...rest] = as(['podman', ...words]);
      spawnSync(unshare, rest, { env, cwd: home });
    }
    await removeTree(folder);
  };
  return {
    name: 'podman rootless',
    uid: UNPRIVILEGED_ID,
    gid: UNPRIVILEGED_ID,
    groups: OTHER_GROUPS,
    home,
    env,
    as,
    stop,
  };
}
