import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCredentials } from '../src/registry/auth/credentials';
import { DEFAULT_TIMINGS } from '../src/registry/options';
import { atEnd } from './registry-transport-helpers';

const SECRET = 'planted-secret';
const auth = (text: string): string => Buffer.from(text).toString('base64');

async function home(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  atEnd(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    if (name.startsWith('bin/')) await chmod(join(folder, name), 0o755);
  }
  return folder;
}

const NO_ENV: NodeJS.ProcessEnv = {};

async function find(
  files: Readonly<Record<string, unknown>>,
  { registry = 'registry.example', path = 'team/name', env = NO_ENV, helperSeconds = 5 } = {},
) {
  const folder = await home(files);
  const inFolder = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value?.replace('~', folder)]),
  );
  const result = await findCredentials(
    { registry, path },
    {
      env: { HOME: folder, PATH: `${folder}/bin:${process.env['PATH']}`, ...inFolder },
      signal: new AbortController().signal,
      timings: { ...DEFAULT_TIMINGS, helperSeconds },
    },
  );
  expect(JSON.stringify(result.ok ? [] : result.failures)).not.toContain(SECRET);
  return { result, folder };
}

async function found(...question: Parameters<typeof find>) {
  const { result, folder } = await find(...question);
  if (!result.ok) throw new Error(result.failures[0].message);
  return result.value && { ...result.value, from: result.value.from.replace(folder, '~') };
}

function usernameOf(credentials: Awaited<ReturnType<typeof found>>): string | undefined {
  return credentials?.kind === 'password' ? credentials.username : undefined;
}

async function failure(...question: Parameters<typeof find>) {
  const { result, folder } = await find(...question);
  if (result.ok) throw new Error(`expected a failure, got ${JSON.stringify(result.value)}`);
  const [first] = result.failures;
  return { ...first, message: first.message.replaceAll(folder, '~') };
}

const password = (from: string, text = `ada:${SECRET}`) => ({
  kind: 'password',
  username: text.split(':')[0],
  password: text.split(':').slice(1).join(':'),
  from,
});
const CONFIG = '.docker/config.json';
const config = (key: string, text = `ada:${SECRET}`) => ({ auths: { [key]: { auth: auth(text) } } });

describe('credentials', () => {
  it('are none where nothing has any', async () => {
    expect(await found({})).toBeUndefined();
    expect(await found({ [CONFIG]: config('other.example') })).toBeUndefined();
    expect(await found({ [CONFIG]: '' })).toBeUndefined();
    expect(await found({ [CONFIG]: { auths: { 'registry.example': {} } } })).toBeUndefined();
  });

  it('of the environment come first', async () => {
    const env = { REGISTRY_USERNAME: 'grace', REGISTRY_PASSWORD: SECRET };
    expect(await found({ [CONFIG]: config('registry.example') }, { env })).toEqual(
      password('REGISTRY_USERNAME and REGISTRY_PASSWORD', `grace:${SECRET}`),
    );
    expect((await failure({}, { env: { REGISTRY_PASSWORD: SECRET } })).message).toBe(
      'REGISTRY_PASSWORD is set, but REGISTRY_USERNAME is not.',
    );
  });

  it.each([
    'registry.example',
    'https://registry.example',
    'https://registry.example/v2/',
    'Registry.Example',
  ])('are found by the key %s', async (key) =>
    expect(await found({ [CONFIG]: config(key) })).toEqual(password(`~/${CONFIG}`)),
  );

  it.each(['https://index.docker.io/v1/', 'docker.io', 'index.docker.io', 'registry-1.docker.io'])(
    'for Docker Hub are found by the key %s',
    async (key) =>
      expect(await found({ [CONFIG]: config(key) }, { registry: 'docker.io' })).toEqual(
        password(`~/${CONFIG}`),
      ),
  );

  it.each(['registry.example:5000', 'registry.example.evil', 'evil/registry.example', 'gistry.example'])(
    'for another registry are not taken: %s',
    async (key) => expect(await found({ [CONFIG]: config(key) })).toBeUndefined(),
  );

  it('of the longest namespace are taken, and of no other', async () => {
    const auths = {
      'registry.example': { auth: auth('host:1') },
      'registry.example/team': { auth: auth('team:2') },
      'registry.example/team/name': { auth: auth('name:3') },
      'registry.example/te': { auth: auth('te:4') },
    };
    const user = async (path: string) => usernameOf(await found({ [CONFIG]: { auths } }, { path }));
    expect(await user('team/name')).toBe('name');
    expect(await user('team/other')).toBe('team');
    expect(await user('else')).toBe('host');
  });

  it('may have a colon in the password, and be an identity token', async () => {
    expect(await found({ [CONFIG]: config('registry.example', 'ada:a:b\0\0') })).toMatchObject({
      password: 'a:b',
    });
    const entry = { auth: auth('<token>:'), identitytoken: SECRET };
    expect(await found({ [CONFIG]: { auths: { 'registry.example': entry } } })).toMatchObject({
      kind: 'identity',
      token: SECRET,
    });
    const plain = { username: 'ada', password: SECRET };
    expect(await found({ [CONFIG]: { auths: { 'registry.example': plain } } })).toMatchObject(plain);
  });

  it.each([
    ['x/config.json', { DOCKER_CONFIG: '~/x' }],
    ['x/auth.json', { REGISTRY_AUTH_FILE: '~/x/auth.json' }],
    ['run/containers/auth.json', { XDG_RUNTIME_DIR: '~/run' }],
    ['.config/containers/auth.json', {}],
  ])('are read from %s', async (file, env) => {
    const value = { [file]: config('registry.example') };
    expect(await found(value, { env })).toEqual(password(`~/${file}`));
  });
});

describe('a file with credentials', () => {
  it('that is no JSON is a failure with its line, and none of its text', async () => {
    const text = `{\n  "auths": {\n    "registry.example": { "auth": "${SECRET}" }\n  },,\n}\n`;
    const { code, place } = await failure({ [CONFIG]: text });
    expect(code).toBe('json-syntax');
    expect(place?.file).toContain(CONFIG);
    expect(place?.line).toBe(4);
    expect(place).not.toHaveProperty('excerpt');
  });

  it('whose entry is not as docker writes it is a failure', async () => {
    const entry = { [CONFIG]: { auths: { 'registry.example': { auth: auth(SECRET) } } } };
    expect((await failure(entry)).message).toContain(
      `registry.example in ~/${CONFIG} are not as docker writes`,
    );
  });

  it('that REGISTRY_AUTH_FILE names must be there', async () => {
    const { message, hint } = await failure({}, { env: { REGISTRY_AUTH_FILE: '~/none.json' } });
    expect(message).toContain('~/none.json');
    expect(hint).toContain('REGISTRY_AUTH_FILE');
  });
});

const helper = (script: string): string => `#!/bin/sh\nread -r server\n${script}\n`;
const answering = (user: string): string =>
  helper(
    `[ "$1" = get ] && echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"${user}\\",\\"Secret\\":\\"${SECRET}\\"}"`,
  );

describe('a credential helper', () => {
  const own = {
    credHelpers: { 'registry.example': 'own' },
    credsStore: 'all',
    ...config('registry.example'),
  };

  it('of the registry comes before the file, that comes before the helper of all', async () => {
    const bin = {
      'bin/docker-credential-own': answering('own'),
      'bin/docker-credential-all': answering('all'),
    };
    const username = async (content: object) => usernameOf(await found({ ...bin, [CONFIG]: content }));
    expect(await username(own)).toBe('own');
    expect(await username({ ...own, credHelpers: {} })).toBe('ada');
    expect(await username({ credsStore: 'all', auths: { 'registry.example': {} } })).toBe('all');
  });

  it('is asked for Docker Hub by its old address, and gives identity tokens', async () => {
    const script = helper(
      `[ "$server" = https://index.docker.io/v1/ ] && echo '{"Username":"<token>","Secret":"${SECRET}"}'`,
    );
    const files = { 'bin/docker-credential-all': script, [CONFIG]: { credsStore: 'all' } };
    expect(await found(files, { registry: 'docker.io' })).toMatchObject({ kind: 'identity', token: SECRET });
  });

  it('that has none is no failure', async () => {
    const script = helper('echo "credentials not found in native keychain"; exit 1');
    expect(
      await found({ 'bin/docker-credential-all': script, [CONFIG]: { credsStore: 'all' } }),
    ).toBeUndefined();
  });

  it.each([
    ['is missing', undefined, 'there is no such program'],
    ['fails', helper(`echo ${SECRET}; echo ${SECRET} >&2; exit 3`), 'exit code 3'],
    ['talks nonsense', helper(`echo ${SECRET}`), 'no JSON'],
    ['hangs', helper(`echo ${SECRET}; sleep 20`), 'did not answer within 0.4 s'],
  ])('that %s is a failure that names it and the file', async (_, script, why) => {
    const bin = script === undefined ? {} : { 'bin/docker-credential-all': script };
    const helperSeconds = why.includes('0.4') ? 0.4 : 5;
    const { message, place } = await failure({ ...bin, [CONFIG]: { credsStore: 'all' } }, { helperSeconds });
    expect(message).toContain('docker-credential-all gave nothing for registry.example');
    expect(message).toContain(why);
    expect(place?.file).toContain(CONFIG);
  });

  it('is no path', async () => {
    const { message } = await failure({ [CONFIG]: { credsStore: '/../../bin/evil' } });
    expect(message).toContain('its name is none of a program');
  });
});
