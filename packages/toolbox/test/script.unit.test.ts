import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { call, fakeMachine, program, scriptFor, socketAt, valuesOf, write } from './rig';
import { args, HOME } from './script-rig';

it('is a script for every sh: dash and bash, and shellcheck finds nothing', () => {
  const { text } = scriptFor(['--keep', '--with', 'docker', 'sh'], { command: "it's" });
  for (const shell of ['dash', 'bash']) {
    const checked = spawnSync(shell, ['-n'], { input: text, encoding: 'utf8' });
    expect({ shell, status: checked.status, stderr: checked.stderr }).toEqual({
      shell,
      status: 0,
      stderr: '',
    });
  }
  const found = spawnSync('shellcheck', ['--shell=sh', '-'], { input: text, encoding: 'utf8' });
  if (found.error) console.warn(`skipped: shellcheck can't be run here (${found.error.message})`);
  else expect(found.stdout).toBe('');
  const machine = fakeMachine();
  const one = args(machine, ['ls', 'a b', "c'd"], { shell: '/bin/dash' });
  const other = args(machine, ['ls', 'a b', "c'd"], { shell: '/bin/bash' });
  // The name of a call has its process id.
  const same = (words: readonly string[]) =>
    words.map((word) => word.replace(/^(toolbox-call-\d+)-\d+$/, '$1'));
  expect(same(other)).toEqual(same(one));
  expect(one.slice(-4, -1)).toEqual(['ls', 'a b', "c'd"]);
});

it('runs as you: ids, groups, a name, a home, the folder at the same place of the project', () => {
  const machine = fakeMachine({ engines: ['docker'] });
  mkdirSync(join(machine.project, '.git'));
  mkdirSync(join(machine.project, 'a folder/ünter'), { recursive: true });
  const given = args(machine, ['true'], {
    cwd: join(machine.project, 'a folder/ünter'),
    env: { TOOLBOX_ENGINE: 'docker' },
  });
  const data = join(machine.home, '.local/share/toolbox');
  expect(given.slice(0, 3)).toEqual(['docker', 'run', '--rm']);
  expect(valuesOf(given, '--user')).toEqual(['1234:1234']);
  expect(valuesOf(given, '--group-add')).toEqual(['27', '998']);
  expect(valuesOf(given, '-w')).toEqual(['/work/a folder/ünter']);
  expect(valuesOf(given, '-v')).toEqual([
    `${data}/etc/passwd:/etc/passwd:ro`,
    `${data}/etc/group:/etc/group:ro`,
    `${data}/home:${HOME}`,
    `${machine.project}:/work`,
  ]);
  expect(given).toEqual(expect.arrayContaining(['--init', '--log-driver', 'none', `HOME=${HOME}`, '-i']));
  expect(given).not.toContain('-t');
  expect(readFileSync(join(data, 'etc/passwd'), 'utf8')).toMatch(
    /^me:x:1234:1234:me:\/home\/toolbox:\/bin\/bash\nroot:x:0:/,
  );
  expect(readFileSync(join(data, 'etc/group'), 'utf8')).toMatch(/^me:x:1234:\nsudo:x:27:\ndocker:x:998:\n/);
});

it('has no root or other person of the same number before you, whatever the names', () => {
  const machine = fakeMachine({
    id: 'uid=1000(ACME\\some one) gid=513(domain users) groups=513(domain users),1000(toolbox) context=x',
  });
  args(machine, ['true'], { env: { TOOLBOX_ENGINE: 'podman' } });
  const etc = join(machine.home, '.local/share/toolbox/etc');
  // Rootless Podman: you are root.
  expect(readFileSync(join(etc, 'passwd'), 'utf8')).toMatch(/^ACME\\some one:x:0:0:/);
  expect(readFileSync(join(etc, 'passwd'), 'utf8')).not.toMatch(/^root:/m);
  const docker = fakeMachine({
    engines: ['docker'],
    id: 'uid=1000(me) gid=513(domain users) groups=513(domain users),1000(toolbox)',
  });
  args(docker, ['true'], { env: { TOOLBOX_ENGINE: 'docker' } });
  const users = readFileSync(join(docker.home, '.local/share/toolbox/etc/passwd'), 'utf8');
  expect(users.split('\n').filter((line) => line.includes(':1000:'))).toEqual([
    'me:x:1000:513:me:/home/toolbox:/bin/bash',
  ]);
  expect(readFileSync(join(docker.home, '.local/share/toolbox/etc/group'), 'utf8')).toMatch(
    /^group513:x:513:\ntoolbox:x:1000:\n/,
  );
});

it('lets rootless Podman map you to root, without another copy of the layers', () => {
  const machine = fakeMachine();
  const given = args(machine);
  expect(valuesOf(given, '--user')).toEqual(['0:0']);
  expect(given.join(' ')).not.toMatch(/keep-id|--group-add/);
  program(machine.bin, 'crun', 'true');
  expect(valuesOf(args(machine), '--group-add')).toEqual(['keep-groups']);
});

it('writes what it made before once only', () => {
  const machine = fakeMachine();
  args(machine);
  const passwd = join(machine.home, '.local/share/toolbox/etc/passwd');
  const { ino } = statSync(passwd);
  args(machine);
  expect(statSync(passwd).ino).toBe(ino);
  rmSync(passwd);
  args(machine);
  expect(existsSync(passwd)).toBe(true);
});

it('mounts no whole home folder because it is a git repository, and follows links', () => {
  const machine = fakeMachine();
  mkdirSync(join(machine.home, '.git'));
  expect(valuesOf(args(machine), '-v')).toContain(`${machine.project}:/work`);
  symlinkSync(machine.project, join(machine.home, 'link'));
  expect(valuesOf(args(machine, ['true'], { cwd: join(machine.home, 'link') }), '-v')).toContain(
    `${machine.project}:/work`,
  );
});

it('uses the network of this machine, and no labels where SELinux enforces', () => {
  const machine = fakeMachine();
  const plain = args(machine);
  expect(valuesOf(plain, '--network')).toEqual(['host']);
  expect(plain).not.toContain('--security-opt');
  const selinux = { '/sys/fs/selinux/enforce': write(join(machine.home, 'enforce'), '1') };
  expect(valuesOf(args(machine, ['true'], { paths: selinux }), '--security-opt')).toEqual(['label=disable']);
  write(join(machine.home, 'enforce'), '0');
  expect(args(machine, ['true'], { paths: selinux })).not.toContain('--security-opt');
  expect(valuesOf(args(machine, ['--network', 'none', 'true']), '--network')).toEqual(['none']);
});

it('gives the socket of Docker only when asked, with its group', async () => {
  const machine = fakeMachine({ engines: ['docker'] });
  const socket = await socketAt(join(machine.home, 'docker.sock'));
  const options = { paths: { '/var/run/docker.sock': socket } };
  expect(args(machine, ['true'], options).join(' ')).not.toContain('docker.sock');
  const group = statSync(socket).gid;
  const given = args(machine, ['--with', 'docker', 'true'], options);
  expect(valuesOf(given, '-v')).toContain(`${socket}:${socket}`);
  expect(valuesOf(given, '--group-add')).toContain(`${group}`);
  expect(
    call(machine, ['--with', 'docker', 'true'], { env: { DOCKER_HOST: 'unix:///not/there' } }).stderr,
  ).toContain('no Docker socket at /not/there');
});

it('logs in with a code where a browser would be opened', () => {
  const machine = fakeMachine();
  const command = (...argv: string[]) => args(machine, argv).slice(-argv.length - 2, -1);
  expect(command('aws', 'sso', 'login')).toEqual(['aws', 'sso', 'login', '--use-device-code'].slice(-4));
  expect(args(machine, ['aws', '--profile', 'p', 'sso', 'login']).at(-2)).toBe('--use-device-code');
  expect(
    args(machine, ['aws', 'sso', 'login', '--use-device-code']).filter(
      (word) => word === '--use-device-code',
    ),
  ).toHaveLength(1);
  expect(args(machine, ['argocd', 'login', 'host', '--sso']).at(-2)).toBe('--sso-launch-browser=false');
  expect(args(machine, ['--without', 'device-code', 'aws', 'sso', 'login']).at(-2)).toBe('login');
  expect(args(machine, ['aws', 's3', 'ls']).at(-2)).toBe('ls');
});

it('says what is wrong before it calls an engine', () => {
  const machine = fakeMachine();
  const refusal = (options: Parameters<typeof call>[2], argv = ['true']) => {
    const { exitCode, stdout, stderr } = call(machine, argv, options);
    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    return stderr;
  };
  expect(refusal({ env: { HOME: '' } })).toContain('HOME is not set');
  expect(refusal({ env: { TOOLBOX_ENGINE: 'rkt' } })).toContain('Write docker, podman or nerdctl');
  expect(refusal({ env: { TOOLBOX_ENGINE: 'docker' } })).toContain('not installed');
  expect(refusal({ env: { TOOLBOX_IMAGE: '' } })).toContain('no image is chosen');
  expect(refusal({ env: { TOOLBOX_IMAGE: '--privileged' } })).toContain('not the name of an image');
  expect(refusal({}, ['--without', 'everything', 'true'])).toContain('Words: kube aws');
});
