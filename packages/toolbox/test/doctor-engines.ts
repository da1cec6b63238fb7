import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { WORKING, type Broken } from './doctor-rig';
import { NO_SOCKET, program, write } from './rig';

export const DOCKER: Broken = { engines: ['docker'], env: { TOOLBOX_ENGINE: 'docker' } };
export const MACOS = { system: 'Darwin 23.1.0', platform: 'darwin' } as const;

/** An engine that works but for one question. */
export const failingEngine = (engine: string, question: string, message: string): Broken => ({
  change: ({ bin }) =>
    program(bin, engine, `case "$*" in ${question}*) echo '${message}' >&2; exit 1 ;; esac\n${WORKING}`),
});

/** A call that sees something else. */
export const seeing = (lines: string) =>
  `case "$1" in run) printf '%s\\n' ${lines}; exit ;; esac\n${WORKING}`;

/** A broken set-up: what the doctor finds in it, and nothing else; what its fix says. */
export type Case = readonly [id: string, fix: RegExp, broken: Broken];

/** Engines that can't be used, or not well. */
export const BROKEN_ENGINES: readonly Case[] = [
  // engines
  ['no-engine', /apt install podman/, { engines: [], paths: NO_SOCKET }],
  ['no-engine', /brew install podman/, { engines: [], paths: NO_SOCKET, ...MACOS }],
  [
    'docker-stopped',
    /systemctl start docker/,
    {
      engines: ['docker'],
      paths: NO_SOCKET,
      ...failingEngine(
        'docker',
        'version',
        'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      ),
    },
  ],
  [
    'docker-stopped',
    /colima start/,
    {
      ...DOCKER,
      ...MACOS,
      ...failingEngine('docker', 'version', 'Cannot connect to the Docker daemon'),
    },
  ],
  [
    'docker-permission',
    /usermod -aG docker/,
    {
      ...DOCKER,
      ...failingEngine(
        'docker',
        'version',
        'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      ),
    },
  ],
  [
    'docker-wsl',
    /WSL integration/,
    {
      ...DOCKER,
      ...failingEngine('docker', 'version', 'The command docker could not be found in this WSL 2 distro.'),
    },
  ],
  [
    'docker-old',
    /Docker 23 or later.*gzip/,
    { ...DOCKER, change: ({ bin }) => program(bin, 'docker', WORKING.replace('26.1.5', '20.10.24')) },
  ],
  [
    'docker-remote',
    /unset DOCKER_HOST/,
    { ...DOCKER, env: { ...DOCKER.env, DOCKER_HOST: 'ssh://me@build.example' } },
  ],
  [
    'docker-snap',
    /below your home folder/,
    {
      ...DOCKER,
      cwd: '/',
      change: ({ home, bin }) => {
        mkdirSync(join(home, 'snap/bin'), { recursive: true });
        program(join(home, 'snap/bin'), 'docker', WORKING);
        rmSync(join(bin, 'docker'));
        symlinkSync(join(home, 'snap/bin/docker'), join(bin, 'docker'));
      },
    },
  ],
  [
    'podman-no-ids',
    /usermod --add-subuids/,
    { change: (_, root) => write(join(root, 'etc/subuid'), 'someone:100000:65536\n') },
  ],
  [
    'podman-newuidmap',
    /apt install uidmap/,
    failingEngine(
      'podman',
      'info',
      'Error: command required for rootless mode with multiple IDs: exec: "newuidmap": executable file not found in $PATH',
    ),
  ],
  [
    'podman-machine',
    /podman machine start/,
    {
      ...MACOS,
      ...failingEngine(
        'podman',
        'info',
        'Cannot connect to Podman. Please verify your connection to the Linux system using podman system connection list, or try podman machine init',
      ),
    },
  ],
  [
    'podman-broken',
    /podman info/,
    failingEngine('podman', 'info', 'Error: database storage graph driver does not match'),
  ],
  [
    'podman-no-init',
    /apt install catatonit/,
    { paths: { '/usr/': '/not/there/', ...NO_SOCKET }, change: ({ bin }) => rmSync(join(bin, 'catatonit')) },
  ],
  [
    'nerdctl-broken',
    /systemctl start containerd/,
    {
      engines: ['nerdctl'],
      ...failingEngine('nerdctl', 'info', 'cannot access containerd socket'),
    },
  ],
];
