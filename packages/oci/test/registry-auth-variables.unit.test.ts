import { describe, expect, it } from 'vitest';
import {
  CONFIG,
  SECRET,
  answering,
  auth,
  config,
  failure,
  found,
  password,
  usernameOf,
} from './registry-credentials-helpers';

describe('DOCKER_AUTH_CONFIG', () => {
  const content = (key: string, text = `grace:${SECRET}`) => JSON.stringify(config(key, text));
  const env = { DOCKER_AUTH_CONFIG: content('registry.example') };

  it('comes before the files, and leaves other registries to them', async () => {
    const files = { [CONFIG]: config('registry.example') };
    expect(await found(files, { env })).toEqual(password('DOCKER_AUTH_CONFIG', `grace:${SECRET}`));
    expect(await found({}, { env: { ...env, DOCKER_CONFIG: '~/none' } })).toMatchObject({
      from: 'DOCKER_AUTH_CONFIG',
    });
    const other = { DOCKER_AUTH_CONFIG: content('other.example') };
    expect(await found(files, { env: other })).toEqual(password(`~/${CONFIG}`));
    expect(await found(files, { env: { DOCKER_AUTH_CONFIG: ' ' } })).toEqual(password(`~/${CONFIG}`));
  });

  it('comes after REGISTRY_USERNAME, and may name a helper', async () => {
    const login = { REGISTRY_USERNAME: 'ada', REGISTRY_PASSWORD: SECRET };
    expect(usernameOf(await found({}, { env: { ...env, ...login } }))).toBe('ada');
    const helpers = { DOCKER_AUTH_CONFIG: '{"credHelpers":{"registry.example":"own"}}' };
    const bin = { 'bin/docker-credential-own': answering('own') };
    expect(usernameOf(await found(bin, { env: helpers }))).toBe('own');
  });

  it.each([
    ['is cut off', `{"auths":{"registry.example":{"auth":"${SECRET}"`, 'invalid JSON at line 1'],
    ['is the name of a file', `/builds/${SECRET}.json`, 'it does not begin with "{"'],
    ['is in base64', auth(content('registry.example')), 'it does not begin with "{"'],
    ['is no object', `["${SECRET}"]`, 'it is JSON, but not an object'],
    ['has no auths', `{"registry.example":{"auth":"${SECRET}"}}`, 'it has no "auths"'],
    ['has a login in plain text', `{"auths":{"registry.example":{"auth":"${SECRET}"}}}`, 'user:password in'],
  ])('that %s is a failure without its text', async (_, value, why) => {
    const { code, message, hint } = await failure({}, { env: { DOCKER_AUTH_CONFIG: value } });
    expect(code).toBe('registry-auth');
    expect(message).toContain('DOCKER_AUTH_CONFIG');
    expect(message).toContain(why);
    expect(hint).toContain('base64');
  });
});

describe('DOCKER_CONFIG', () => {
  it('that names a file is a failure with what to write', async () => {
    const files = { 'x/config.json': config('registry.example') };
    const { message, hint } = await failure(files, { env: { DOCKER_CONFIG: '~/x/config.json' } });
    expect(message).toBe('DOCKER_CONFIG names ~/x/config.json, which is a file, not a folder.');
    expect(hint).toContain('REGISTRY_AUTH_FILE=');
  });

  it('that names a folder without a file is not', async () => {
    expect(await found({ 'x/other': '' }, { env: { DOCKER_CONFIG: '~/x' } })).toBeUndefined();
    expect(await found({}, { env: { DOCKER_CONFIG: '~/x' } })).toBeUndefined();
  });
});
