import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { examine, put, VERSION, WORKING, type Broken } from './doctor-rig';
import { program } from './rig';

const DOCKER: Broken = { engines: ['docker'], env: { TOOLBOX_ENGINE: 'docker' } };
const NO_SOCKET = { '/var/run/docker.sock': '/not/there/docker.sock' };
const MACOS = { system: 'Darwin 23.1.0', platform: 'darwin' } as const;
const alias = (name: string, version = VERSION) =>
  `#!/bin/sh\n# Written by @image-tooling/toolbox ${version}; again: toolbox alias ${name}\n`;

/** A program that works but for one question. */
const failing = (question: string, message: string) =>
  `case "$*" in ${question}*) echo '${message}' >&2; exit 1 ;; esac\n${WORKING}`;

/** A call that sees something else. */
const seeing = (lines: string) => `case "$1" in run) printf '%s\\n' ${lines}; exit ;; esac\n${WORKING}`;

describe('finds nothing where everything works', () => {
  it.each<[string, Broken]>([
    ['Podman', {}],
    ['Docker', DOCKER],
    ['nerdctl', { engines: ['nerdctl'] }],
    ['Podman on macOS', MACOS],
  ])('%s', async (_, broken) => {
    expect(await examine({ ...broken, paths: NO_SOCKET })).toEqual([]);
  });
});

// Each broken set-up: what the doctor finds, and nothing else; and what its fix says.
const BROKEN: readonly [id: string, fix: RegExp, broken: Broken][] = [
  // engines
  ['no-engine', /apt install podman/, { engines: [], paths: NO_SOCKET }],
  ['no-engine', /brew install podman/, { engines: [], paths: NO_SOCKET, ...MACOS }],
  [
    'docker-stopped',
    /systemctl start docker/,
    {
      engines: ['docker'],
      paths: NO_SOCKET,
      change: ({ bin }) =>
        program(
          bin,
          'docker',
          failing(
            'version',
            'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
          ),
        ),
    },
  ],
  [
    'docker-stopped',
    /colima start/,
    {
      ...DOCKER,
      ...MACOS,
      change: ({ bin }) => program(bin, 'docker', failing('version', 'Cannot connect to the Docker daemon')),
    },
  ],
  [
    'docker-permission',
    /usermod -aG docker/,
    {
      ...DOCKER,
      change: ({ bin }) =>
        program(
          bin,
          'docker',
          failing(
            'version',
            'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
          ),
        ),
    },
  ],
  [
    'docker-wsl',
    /WSL integration/,
    {
      ...DOCKER,
      change: ({ bin }) =>
        program(
          bin,
          'docker',
          failing('version', 'The command docker could not be found in this WSL 2 distro.'),
        ),
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
    { change: (_, root) => put(join(root, 'etc/subuid'), 'someone:100000:65536\n') },
  ],
  [
    'podman-newuidmap',
    /apt install uidmap/,
    {
      change: ({ bin }) =>
        program(
          bin,
          'podman',
          failing(
            'info',
            'Error: command required for rootless mode with multiple IDs: exec: "newuidmap": executable file not found in $PATH',
          ),
        ),
    },
  ],
  [
    'podman-machine',
    /podman machine start/,
    {
      ...MACOS,
      change: ({ bin }) =>
        program(
          bin,
          'podman',
          failing(
            'info',
            'Cannot connect to Podman. Please verify your connection to the Linux system using podman system connection list, or try podman machine init',
          ),
        ),
    },
  ],
  [
    'podman-broken',
    /podman info/,
    {
      change: ({ bin }) =>
        program(bin, 'podman', failing('info', 'Error: database storage graph driver does not match')),
    },
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
      change: ({ bin }) => program(bin, 'nerdctl', failing('info', 'cannot access containerd socket')),
    },
  ],
  // what a shell finds
  [
    'other-toolbox',
    /image-toolbox/,
    { change: ({ bin }) => program(bin, 'toolbox', 'exec podman "$@" # containertoolbx.org') },
  ],
  [
    'alias-folder',
    /export PATH=/,
    { change: ({ home }) => put(join(home, '.local/bin/helm'), alias('helm')) },
  ],
  [
    'alias-shadowed',
    /before .*bin/,
    {
      change: (machine) => {
        put(join(machine.home, '.local/bin/helm'), alias('helm'));
        program(machine.bin, 'helm', 'true');
        machine.env['PATH'] += `:${machine.home}/.local/bin`;
      },
    },
  ],
  [
    'alias-outdated',
    /toolbox alias helm/,
    {
      change: (machine) => {
        put(join(machine.home, '.local/bin/helm'), alias('helm', '1.0.0'));
        chmodSync(join(machine.home, '.local/bin/helm'), 0o755);
        machine.env['PATH'] += `:${machine.home}/.local/bin`;
      },
    },
  ],
  [
    'credential-helper',
    /credsStore/,
    { change: ({ home }) => put(join(home, '.docker/config.json'), '{"credsStore":"desktop"}') },
  ],
  // the image
  ['no-image', /toolbox lock/, { env: { TOOLBOX_IMAGE: '' } }],
  [
    'settings-broken',
    /object of strings/,
    {
      env: { TOOLBOX_IMAGE: '' },
      change: ({ project }) => put(join(project, 'toolbox.json'), '{"image": 1}'),
    },
  ],
  [
    'image-not-allowed',
    /toolbox allow evil.example\/x/,
    {
      env: { TOOLBOX_IMAGE: '' },
      change: ({ project }) => put(join(project, 'toolbox.json'), '{"image":"evil.example/x"}'),
    },
  ],
  [
    'image-missing',
    /toolbox pull/,
    { change: ({ bin }) => program(bin, 'podman', failing('image', 'Error: no such image')) },
  ],
  [
    'image-processor',
    /pull --platform linux\//,
    { change: ({ bin }) => program(bin, 'podman', WORKING.replace(/echo (amd64|arm64)/, 'echo s390x')) },
  ],
  // a call
  [
    'folder-not-shared',
    /File sharing/,
    { ...MACOS, change: ({ bin }) => program(bin, 'podman', seeing('files=0')) },
  ],
  [
    'folder-not-shared',
    /colima start --mount/,
    {
      ...DOCKER,
      ...MACOS,
      env: { ...DOCKER.env, DOCKER_CONTEXT: 'colima' },
      change: ({ bin }) => program(bin, 'docker', seeing('files=0')),
    },
  ],
  [
    'agent-owner',
    /as the user who calls toolbox/,
    { change: ({ bin }) => program(bin, 'podman', seeing("files=1 'agent=srwxr-xr-x 1 0 0 /run/x'")) },
  ],
  ['home-read-only', /chown -R/, { change: ({ bin }) => program(bin, 'podman', seeing('files=1 home=no')) }],
  [
    'home-not-writable',
    /chown|XDG_DATA_HOME/,
    { change: ({ home }) => put(join(home, '.local/share/toolbox'), '') },
  ],
  [
    'call-fails',
    /--print/,
    { change: ({ bin }) => program(bin, 'podman', failing('run', 'Error: OCI runtime error')) },
  ],
  ['engine-unknown', /podman/, { env: { TOOLBOX_ENGINE: 'rkt' } }],
  // credentials
  ['kubeconfig-missing', /unset it/, { env: { KUBECONFIG: '/not/there' } }],
  [
    'kubeconfig-files',
    /--flatten/,
    {
      change: ({ home }) =>
        put(join(home, '.kube/config'), 'users:\n- user:\n    client-key: /home/me/.minikube/client.key\n'),
    },
  ],
  [
    'kubeconfig-plugin',
    /tooling-k8s-aws/,
    {
      change: ({ home, bin }) => {
        put(join(home, '.kube/config'), 'users:\n- user:\n    exec:\n      command: aws\n');
        program(
          bin,
          'podman',
          `case "$*" in run*' probe aws') printf 'files=1\\nmissing=aws\\n'; exit ;; esac\n${WORKING}`,
        );
      },
    },
  ],
  ['agent-gone', /ssh-add/, { env: { SSH_AUTH_SOCK: '/tmp/ssh-gone/agent.1' } }],
  ['proxy-loopback', /host.docker.internal/, { ...MACOS, env: { HTTPS_PROXY: 'http://127.0.0.1:3128' } }],
];

describe('finds', () => {
  it.each(BROKEN)('%s: %s', async (id, fix, broken) => {
    const found = await examine(broken);
    expect(found.map((one) => one.id)).toEqual([id]);
    expect(found[0]!.fix).toMatch(fix);
    expect(found[0]!.problem.length).toBeGreaterThan(20);
  });

  it('at least 20 set-ups', () => {
    expect(new Set(BROKEN.map(([id]) => id)).size).toBeGreaterThanOrEqual(20);
  });

  it('all that is wrong at once, and no agent that works', async () => {
    const socket = join('/tmp', `t-${process.pid}.sock`);
    const server = createServer().listen(socket);
    await new Promise((resolve) => server.on('listening', resolve));
    onTestFinished(() => void server.close());
    const found = await examine({
      env: { KUBECONFIG: '/not/there', SSH_AUTH_SOCK: socket, TOOLBOX_IMAGE: '' },
      change: ({ bin }) => program(bin, 'toolbox', 'true'),
    });
    expect(found.map(({ id }) => id)).toEqual(['no-image', 'other-toolbox', 'kubeconfig-missing']);
  });
});
