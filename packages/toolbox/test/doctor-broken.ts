import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { BROKEN_ENGINES, DOCKER, failingEngine, MACOS, seeing, type Case } from './doctor-engines';
import { VERSION, WORKING } from './doctor-rig';
import { program, write, type FakeMachine } from './rig';

const alias = (name: string, version = VERSION) =>
  `#!/bin/sh\n# Written by @image-tooling/toolbox ${version}; again: toolbox alias ${name}\n`;

/** Puts the folder of aliases on the PATH. */
function findAliases({ env, home }: FakeMachine): void {
  env['PATH'] = `${env['PATH']}:${home}/.local/bin`;
}

/** All broken set-ups. */
export const BROKEN: readonly Case[] = [
  ...BROKEN_ENGINES,
  // what a shell finds
  [
    'other-toolbox',
    /image-toolbox/,
    { change: ({ bin }) => program(bin, 'toolbox', 'exec podman "$@" # containertoolbx.org') },
  ],
  [
    'alias-folder',
    /export PATH=/,
    { change: ({ home }) => write(join(home, '.local/bin/helm'), alias('helm')) },
  ],
  [
    'alias-shadowed',
    /before .*bin/,
    {
      change: (machine) => {
        write(join(machine.home, '.local/bin/helm'), alias('helm'));
        program(machine.bin, 'helm', 'true');
        findAliases(machine);
      },
    },
  ],
  [
    'alias-outdated',
    /toolbox alias helm/,
    {
      change: (machine) => {
        write(join(machine.home, '.local/bin/helm'), alias('helm', '1.0.0'));
        chmodSync(join(machine.home, '.local/bin/helm'), 0o755);
        findAliases(machine);
      },
    },
  ],
  [
    'credential-helper',
    /credsStore/,
    { change: ({ home }) => write(join(home, '.docker/config.json'), '{"credsStore":"desktop"}') },
  ],
  // the image
  ['no-image', /toolbox lock/, { env: { TOOLBOX_IMAGE: '' } }],
  [
    'settings-broken',
    /object of strings/,
    {
      env: { TOOLBOX_IMAGE: '' },
      change: ({ project }) => write(join(project, 'toolbox.json'), '{"image": 1}'),
    },
  ],
  [
    'image-not-allowed',
    /toolbox allow evil.example\/x/,
    {
      env: { TOOLBOX_IMAGE: '' },
      change: ({ project }) => write(join(project, 'toolbox.json'), '{"image":"evil.example/x"}'),
    },
  ],
  ['image-missing', /toolbox pull/, failingEngine('podman', 'image', 'Error: no such image')],
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
    { change: ({ home }) => write(join(home, '.local/share/toolbox'), '') },
  ],
  ['call-fails', /--print/, failingEngine('podman', 'run', 'Error: OCI runtime error')],
  ['engine-unknown', /podman/, { env: { TOOLBOX_ENGINE: 'rkt' } }],
  // credentials
  ['kubeconfig-missing', /unset it/, { env: { KUBECONFIG: '/not/there' } }],
  [
    'kubeconfig-files',
    /--flatten/,
    {
      change: ({ home }) =>
        write(join(home, '.kube/config'), 'users:\n- user:\n    client-key: /home/me/.minikube/client.key\n'),
    },
  ],
  [
    'kubeconfig-plugin',
    /tooling-k8s-aws/,
    {
      change: ({ home, bin }) => {
        write(join(home, '.kube/config'), 'users:\n- user:\n    exec:\n      command: aws\n');
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
