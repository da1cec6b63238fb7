import { describe, expect, it } from 'vitest';
import {
  CONFIG,
  SECRET,
  answering,
  auth,
  config,
  failure,
  found,
  helper,
  password,
  usernameOf,
} from './registry-credentials-helpers';

describe('credentials', () => {
  it('are undefined without a source', async () => {
    expect(await found({})).toBeUndefined();
    expect(await found({ [CONFIG]: config('other.example') })).toBeUndefined();
    expect(await found({ [CONFIG]: '' })).toBeUndefined();
    expect(await found({ [CONFIG]: { auths: { 'registry.example': {} } } })).toBeUndefined();
  });

  it('from the environment come first', async () => {
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
    'for another registry are not used: %s',
    async (key) => expect(await found({ [CONFIG]: config(key) })).toBeUndefined(),
  );

  it('of the longest matching namespace are used, and of no other', async () => {
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
  it('that is not JSON is a failure with the line, and without its text', async () => {
    const text = `{\n  "auths": {\n    "registry.example": { "auth": "${SECRET}" }\n  },,\n}\n`;
    const { code, place } = await failure({ [CONFIG]: text });
    expect(code).toBe('json-syntax');
    expect(place?.file).toContain(CONFIG);
    expect(place?.line).toBe(4);
    expect(place).not.toHaveProperty('excerpt');
  });

  it("with an entry that is not in docker's format is a failure", async () => {
    const entry = { [CONFIG]: { auths: { 'registry.example': { auth: auth(SECRET) } } } };
    expect((await failure(entry)).message).toContain(
      `registry.example in ~/${CONFIG} are not in docker's format`,
    );
  });

  it.each(['[]', '"text"', 'null'])('that is not an object is a failure: %s', async (text) =>
    expect((await failure({ [CONFIG]: text })).message).toContain('JSON, but not an object'),
  );

  it('that is a folder is a failure', async () => {
    const { message } = await failure({ 'x/y': '' }, { env: { REGISTRY_AUTH_FILE: '~/x' } });
    expect(message).toContain("~/x can't be read: it is a folder");
  });

  it('that is a pipe or a device is a failure, at once', async () => {
    const { message } = await failure({}, { env: { REGISTRY_AUTH_FILE: '/dev/zero' } });
    expect(message).toBe("The credentials in /dev/zero can't be read: it is a pipe, a socket or a device.");
  });

  it('that REGISTRY_AUTH_FILE names must exist', async () => {
    const { message, hint } = await failure({}, { env: { REGISTRY_AUTH_FILE: '~/none.json' } });
    expect(message).toContain('~/none.json');
    expect(hint).toContain('REGISTRY_AUTH_FILE');
  });
});

describe('a credential helper', () => {
  const own = {
    credHelpers: { 'registry.example': 'own' },
    credsStore: 'all',
    ...config('registry.example'),
  };

  it('of the registry comes before the file, the file before the helper of all registries', async () => {
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

  it('without credentials is not a failure', async () => {
    const script = helper('echo "credentials not found in native keychain"; exit 1');
    expect(
      await found({ 'bin/docker-credential-all': script, [CONFIG]: { credsStore: 'all' } }),
    ).toBeUndefined();
  });

  it.each([
    ['is missing', undefined, 'no such program on this machine'],
    ['fails', helper(`echo ${SECRET}; echo ${SECRET} >&2; exit 3`), 'exit code 3'],
    ['talks nonsense', helper(`echo ${SECRET}`), 'not a JSON object'],
    ['hangs', helper(`echo ${SECRET}; sleep 20`), 'did not answer within 0.4 s'],
  ])('that %s is a failure that names it and the file', async (_, script, why) => {
    const bin = script === undefined ? {} : { 'bin/docker-credential-all': script };
    const helperSeconds = why.includes('0.4') ? 0.4 : 5;
    const { message, place } = await failure({ ...bin, [CONFIG]: { credsStore: 'all' } }, { helperSeconds });
    expect(message).toContain('docker-credential-all returned no credentials for registry.example');
    expect(message).toContain(why);
    expect(place?.file).toContain(CONFIG);
  });

  it('must be a name, not a path', async () => {
    const { message } = await failure({ [CONFIG]: { credsStore: '/../../bin/evil' } });
    expect(message).toContain('invalid program name');
  });
});
