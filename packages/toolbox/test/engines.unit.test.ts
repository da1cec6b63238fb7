import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { call, engineArguments, fakeMachine, NO_SOCKET, program, valuesOf } from './rig';

describe('the engine', () => {
  it.each([
    [['docker', 'podman', 'nerdctl'], {}, 'podman'], // no daemon
    [['docker', 'podman'], { DOCKER_HOST: 'unix:///x' }, 'docker'],
    [['docker', 'podman'], { DOCKER_CONTEXT: 'desktop-linux' }, 'docker'],
    [['podman', 'nerdctl'], {}, 'podman'],
    [['nerdctl'], {}, 'nerdctl'],
    [['docker', 'podman'], { TOOLBOX_ENGINE: 'docker' }, 'docker'],
  ])('of %j with %j is %s', (engines, env, expected) => {
    const machine = fakeMachine({ engines });
    expect(engineArguments(call(machine, ['true'], { env, paths: NO_SOCKET }))[0]).toBe(expected);
  });

  it('of an alias is the one that answered when it was written, unless it is gone', () => {
    const machine = fakeMachine({ engines: ['podman', 'nerdctl'] });
    const written = { settings: { engine: 'nerdctl' }, paths: NO_SOCKET };
    expect(engineArguments(call(machine, ['true'], written))[0]).toBe('nerdctl');
    const without = fakeMachine({ engines: ['podman'] });
    expect(engineArguments(call(without, ['true'], written))[0]).toBe('podman');
  });

  it('is Podman where docker is only its other name', () => {
    const machine = fakeMachine({ engines: ['docker', 'podman'] });
    const mark = join(machine.home, 'podman-docker.conf');
    writeFileSync(mark, '');
    const paths = { ...NO_SOCKET, '/usr/lib/tmpfiles.d/podman-docker.conf': mark };
    expect(engineArguments(call(machine, ['true'], { env: { DOCKER_HOST: 'unix:///x' }, paths }))[0]).toBe(
      'podman',
    );
  });

  it('that is missing: says why, for each', () => {
    const ran = call(fakeMachine({ engines: [] }), ['true'], { paths: NO_SOCKET });
    expect(ran).toMatchObject({ exitCode: 125 });
    expect(ran.stderr).toContain('docker: not installed; podman: not installed; nerdctl: not installed');
    const stopped = call(fakeMachine({ engines: ['docker'] }), ['true'], { paths: NO_SOCKET });
    expect(stopped.stderr).toContain('docker: no daemon at /not/there/docker.sock');
  });
});

const KUBECONFIG = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: QQ==
    server: https://127.0.0.1:6443
  name: kind
- cluster:
    server: "https://localhost:8443/path"
    tls-server-name: kept.example
  name: named
- name: first
  cluster:
    server: https://[::1]:1
- cluster:
    server: https://10.0.0.1:6443
  name: far
- cluster:
    server: http://0.0.0.0:80
  name: plain
contexts: []
`;

const REWRITTEN = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: QQ==
    server: https://host.docker.internal:6443
    tls-server-name: 127.0.0.1
  name: kind
- cluster:
    server: https://host.docker.internal:8443/path
    tls-server-name: kept.example
  name: named
- name: first
  cluster:
    server: https://host.docker.internal:1
    tls-server-name: ::1
- cluster:
    server: https://10.0.0.1:6443
  name: far
- cluster:
    server: http://host.docker.internal:80
  name: plain
contexts: []
`;

describe('in a virtual machine', () => {
  const darwin = { system: 'Darwin 23.1.0', id: 'uid=501(me) gid=20(staff) groups=20(staff),12(everyone)' };

  it.each([
    ['Docker Desktop on macOS', { engines: ['docker'], ...darwin }, {}],
    ['Podman on macOS', { engines: ['podman'], ...darwin }, {}],
    ['Docker Desktop on Linux', { engines: ['docker'] }, { DOCKER_CONTEXT: 'desktop-linux' }],
  ])(
    '%s: servers at 127.0.0.1 are reached at host.docker.internal, with the name of their certificate',
    (_, as, env) => {
      const machine = fakeMachine(as);
      mkdirSync(join(machine.home, '.kube'));
      writeFileSync(join(machine.home, '.kube/config'), KUBECONFIG);
      const given = engineArguments(
        call(machine, ['true'], { env: { TOOLBOX_ENGINE: as.engines[0]!, ...env } }),
      );
      const copy = join(machine.home, '.local/share/toolbox/kube/0');
      expect(given).not.toContain('--network');
      expect(valuesOf(given, '-v')).toContain(`${copy}:/home/toolbox/.kube/config:ro`);
      expect(readFileSync(copy, 'utf8')).toBe(REWRITTEN);
      expect(statSync(copy).mode & 0o777).toBe(0o600);
      // You are root inside: files of the machine are yours, and the agent's socket is root's.
      expect(valuesOf(given, '--user')).toEqual(['0:0']);
      expect(readFileSync(join(machine.home, '.kube/config'), 'utf8')).toBe(KUBECONFIG);
    },
  );

  it('rewrites each file of KUBECONFIG', () => {
    const machine = fakeMachine({ engines: ['docker'], ...darwin });
    const path = join(machine.project, 'kubeconfig');
    writeFileSync(path, KUBECONFIG);
    const given = engineArguments(
      call(machine, ['true'], { env: { TOOLBOX_ENGINE: 'docker', KUBECONFIG: 'kubeconfig' } }),
    );
    expect(given).toContain('KUBECONFIG=/home/toolbox/.toolbox/kubeconfig-1');
    expect(readFileSync(join(machine.home, '.local/share/toolbox/kube/1'), 'utf8')).toBe(REWRITTEN);
  });

  it('uses the agent that Docker Desktop and Colima forward', () => {
    const machine = fakeMachine({ engines: ['docker'], ...darwin });
    const env = { TOOLBOX_ENGINE: 'docker', SSH_AUTH_SOCK: '/private/tmp/launchd/Listeners' };
    const mounts = (more: Record<string, string>) =>
      valuesOf(engineArguments(call(machine, ['true'], { env: { ...env, ...more } })), '-v');
    expect(mounts({})).toContain('/run/host-services/ssh-auth.sock:/run/toolbox-ssh-agent.sock');
    program(machine.bin, 'colima', 'echo /tmp/ssh-XX/agent.1');
    mkdirSync(join(machine.home, '.docker'));
    writeFileSync(join(machine.home, '.docker/config.json'), '{"auths":{},"currentContext":"colima"}');
    expect(mounts({})).toContain('/tmp/ssh-XX/agent.1:/run/toolbox-ssh-agent.sock');
  });

  it('WSL: Docker Desktop has its own network, but files have their owners', () => {
    const machine = fakeMachine({ engines: ['docker'], system: 'Linux 5.15.90.1-microsoft-standard-WSL2' });
    const desktop = { '/mnt/wsl/docker-desktop': machine.home };
    const env = { TOOLBOX_ENGINE: 'docker' };
    const given = engineArguments(call(machine, ['true'], { env, paths: desktop }));
    expect(valuesOf(given, '--user')).toEqual(['1234:1234']);
    expect(given).not.toContain('--network');
    expect(valuesOf(engineArguments(call(machine, ['true'], { env })), '--network')).toEqual(['host']);
  });
});

describe('rootless Docker', () => {
  it.each<Record<string, string>>([
    { DOCKER_HOST: 'unix:///run/user/1000/docker.sock' },
    { DOCKER_CONTEXT: 'rootless' },
  ])('with %j: you are root inside', (env) => {
    const machine = fakeMachine({ engines: ['docker'] });
    const given = engineArguments(call(machine, ['true'], { env: { TOOLBOX_ENGINE: 'docker', ...env } }));
    expect(valuesOf(given, '--user')).toEqual(['0:0']);
    expect(valuesOf(given, '--network')).toEqual(['host']);
  });
});
