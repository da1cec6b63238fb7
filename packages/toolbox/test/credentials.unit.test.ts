import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { call, fakeMachine, socketAt, valuesOf, write } from './rig';
import { args, HOME } from './script-rig';

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
