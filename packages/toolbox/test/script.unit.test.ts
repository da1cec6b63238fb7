import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { call, engineArguments, fakeMachine, program, scriptFor, valuesOf, type FakeMachine } from './rig';

const HOME = '/home/toolbox';
/** Not this machine's own. */
const NO_CERTIFICATES = {
  '/etc/ssl/certs/ca-certificates.crt': '/nowhere',
  '/etc/pki/': '/nowhere/',
  '/etc/ssl/ca': '/nowhere',
};

function write(path: string, text = ''): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

async function socketAt(path: string): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  const server = createServer().listen(path);
  await new Promise((resolve) => server.on('listening', resolve));
  onTestFinished(() => void server.close());
  return path;
}

function args(
  machine: FakeMachine,
  argv: readonly string[] = ['true'],
  options: Parameters<typeof call>[2] = {},
): string[] {
  return engineArguments(
    call(machine, argv, { ...options, paths: { ...NO_CERTIFICATES, ...options.paths } }),
  );
}

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
  expect(args(machine, ['ls', 'a b', "c'd"], { shell: '/bin/bash' })).toEqual(one);
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

it('gives credentials that are there, read-only but for what is written, and no others', async () => {
  const machine = fakeMachine();
  const none = args(machine);
  expect(valuesOf(none, '-v')).toHaveLength(4);
  const { home } = machine;
  for (const file of [
    '.kube/config',
    '.aws/config',
    '.config/openstack/clouds.yaml',
    '.ssh/known_hosts',
    '.gitconfig',
    '.config/git/ignore',
  ])
    write(join(home, file));
  const agent = await socketAt(join(home, 'agent.sock'));
  const bundle = write(join(home, 'company.pem'));
  const given = args(machine, ['true'], {
    env: { SSH_AUTH_SOCK: agent, SSL_CERT_FILE: bundle, AWS_CA_BUNDLE: bundle },
  });
  expect(valuesOf(given, '-v').slice(4)).toEqual([
    `${home}/.kube:${HOME}/.kube`,
    `${home}/.aws:${HOME}/.aws:ro`,
    `${home}/.aws/sso/cache:${HOME}/.aws/sso/cache`,
    `${home}/.aws/cli/cache:${HOME}/.aws/cli/cache`,
    `${home}/.aws/login/cache:${HOME}/.aws/login/cache`,
    `${home}/.config/openstack:${HOME}/.config/openstack:ro`,
    `${home}/.ssh/known_hosts:${HOME}/.ssh/known_hosts:ro`,
    `${agent}:/run/toolbox-ssh-agent.sock`,
    `${home}/.gitconfig:${HOME}/.gitconfig:ro`,
    `${home}/.config/git:${HOME}/.config/git:ro`,
    `${bundle}:/etc/ssl/certs/ca-certificates.crt:ro`.replace(
      '/etc/ssl/certs/ca-certificates.crt',
      '/nowhere',
    ),
  ]);
  expect(given).toContain('AWS_CA_BUNDLE=/nowhere');
  const opted = ['--without', 'kube,aws', '--without', 'openstack ssh git ca proxy', 'true'];
  const without = args(machine, opted, {
    env: { SSH_AUTH_SOCK: agent, SSL_CERT_FILE: bundle, AWS_REGION: 'x' },
  });
  expect(valuesOf(without, '-v')).toHaveLength(4);
  expect(without.join(' ')).not.toMatch(/AWS_|SSH_AUTH|_proxy|_PROXY/);
  expect(without).toContain('--http-proxy=false');
});

it('gives variables by name, never their values', () => {
  const machine = fakeMachine();
  const env = {
    AWS_SECRET_ACCESS_KEY: 's3cr3t\nexport AWS_FAKE=1',
    OS_PASSWORD: "pass'word",
    HELM_NAMESPACE: 'n',
    MY_TOKEN: 't0ken',
    HTTPS_PROXY: 'http://u:s3cr3t@p',
  };
  const given = args(machine, ['-e', 'MY_TOKEN', 'true'], { env });
  expect(valuesOf(given, '-e')).toEqual(
    expect.arrayContaining([
      'AWS_SECRET_ACCESS_KEY',
      'OS_PASSWORD',
      'HELM_NAMESPACE',
      'MY_TOKEN',
      'HTTPS_PROXY',
    ]),
  );
  expect(given.join('\n')).not.toMatch(/s3cr3t|word|t0ken/);
  expect(call(machine, ['-e', 'A=b', 'true'])).toMatchObject({
    exitCode: 125,
    stderr: expect.stringContaining('not a name') as string,
  });
});

it('mounts the files that variables name, and gives their paths in the container', () => {
  const machine = fakeMachine();
  const elsewhere = write(join(machine.home, 'keys/aws'));
  write(join(machine.project, 'clouds.yaml'));
  const given = args(machine, ['true'], {
    env: {
      AWS_SHARED_CREDENTIALS_FILE: elsewhere,
      OS_CLIENT_CONFIG_FILE: 'clouds.yaml',
      AWS_CONFIG_FILE: '/not/there',
    },
  });
  expect(valuesOf(given, '-v')).toContain(`${elsewhere}:${HOME}/.toolbox/AWS_SHARED_CREDENTIALS_FILE:ro`);
  expect(valuesOf(given, '-e')).toEqual(
    expect.arrayContaining([
      `AWS_SHARED_CREDENTIALS_FILE=${HOME}/.toolbox/AWS_SHARED_CREDENTIALS_FILE`,
      'OS_CLIENT_CONFIG_FILE=/work/clouds.yaml',
    ]),
  );
  expect(given.join(' ')).not.toContain('/not/there');
});

it('translates every file of KUBECONFIG, and leaves out those that nothing can hold', () => {
  const machine = fakeMachine();
  const { home, project } = machine;
  const files = [
    write(join(home, '.kube/a')),
    write(join(home, 'with space/b')),
    write(join(project, 'c')),
    '/not/there',
  ];
  const given = args(machine, ['true'], { env: { KUBECONFIG: files.join(':') } });
  expect(given).toContain(`KUBECONFIG=${HOME}/.kube/a:${HOME}/.toolbox/kubeconfig-2:/work/c`);
  expect(valuesOf(given, '-v')).toContain(`${home}/with space/b:${HOME}/.toolbox/kubeconfig-2`);
});

it('mounts folders with a colon, and says which names no engine can mount', () => {
  const machine = fakeMachine();
  const colon = join(machine.home, 'a:b');
  const both = join(machine.home, 'a:b,c');
  for (const path of [colon, both]) mkdirSync(path);
  expect(valuesOf(args(machine, ['true'], { cwd: colon }), '--mount')).toEqual([
    `type=bind,source=${colon},target=/work`,
  ]);
  expect(call(machine, ['true'], { cwd: both })).toMatchObject({
    exitCode: 125,
    stderr: expect.stringContaining('both a colon and a comma') as string,
  });
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
