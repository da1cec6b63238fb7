import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateEd25519KeyPair, generateKeyPair } from '@image-tooling/attest/key-file';
import { failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadCacheSettings } from '../src/config/settings';
import { temporary } from './rig';

const CI = generateEd25519KeyPair(undefined);
const PULLS = generateEd25519KeyPair('a passphrase');

let root: string;
beforeEach(() => {
  root = temporary();
  write('nx.json', {
    plugins: [{ plugin: '@image-tooling/nx', options: { source: 'https://example.invalid/images' } }],
  });
  write('cache.json', { url: 'https://cache.example/', maxAge: '30d' });
  write('trust/cache/ci.pub', CI.publicKey);
  write('trust/cache/pull-requests/pulls.pub', PULLS.publicKey);
  write('ci.key', CI.privateKey);
});

function write(file: string, content: string | object): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
}

const load = (env: NodeJS.ProcessEnv = {}) => loadCacheSettings({ root, env });
const messages = async (env?: NodeJS.ProcessEnv) => failuresOf(await load(env)).map(({ message }) => message);

describe('the settings of a remote cache', () => {
  it('come from cache.json, nx.json and trust/cache', async () => {
    const settings = valueOf(await load());
    expect(settings).toMatchObject({
      ...{
        url: 'https://cache.example',
        repository: 'https://example.invalid/images',
        maxAgeMs: 30 * 86_400_000,
      },
      signer: undefined,
    });
    expect(settings.trusted.map(({ name }) => name)).toEqual(['ci']);
  });

  it('come from the environment where that has them', async () => {
    const env = {
      IMAGE_CACHE_URL: 's3://bucket/x',
      IMAGE_CACHE_KEY: CI.privateKey,
      IMAGE_CACHE_TRUST: 'pull-requests',
    };
    const settings = valueOf(await load(env));
    expect(settings).toMatchObject({ url: 's3://bucket/x', signer: { name: 'ci' } });
    expect(settings.trusted.map(({ name }) => name)).toEqual(['ci', 'pulls']);
  });

  it('take the key from a file, with its passphrase', async () => {
    expect(valueOf(await load({ IMAGE_CACHE_KEY: 'ci.key' })).signer?.name).toBe('ci');
    write('pulls.key', PULLS.privateKey);
    const env = { IMAGE_CACHE_KEY: 'pulls.key', IMAGE_CACHE_TRUST: 'pull-requests' };
    expect(await messages(env)).toEqual(["The signing key in pulls.key can't be used: it is encrypted."]);
    expect(valueOf(await load({ ...env, IMAGE_SIGNING_PASSPHRASE: 'a passphrase' })).signer?.name).toBe(
      'pulls',
    );
  });

  it('never let the key of pull requests sign for all', async () => {
    const env = { IMAGE_CACHE_KEY: PULLS.privateKey, IMAGE_SIGNING_PASSPHRASE: 'a passphrase' };
    expect(await messages(env)).toEqual([
      'The public key of IMAGE_CACHE_KEY is not in trust/cache: entries signed with it would be refused everywhere.',
    ]);
  });

  it('report every mistake, and no secret', async () => {
    write('cache.json', { url: 'ftp://x', maxage: '1d' });
    write('trust/cache/ec.pub', generateKeyPair(undefined).publicKey);
    write('trust/cache/text.pub', 'hello');
    const failures = failuresOf(await load({ IMAGE_CACHE_KEY: 'missing.key' }));
    expect(failures.map(({ code }) => code)).toEqual(['schema', 'schema', 'usage', 'usage']);
    expect(await messages({ IMAGE_CACHE_URL: 'hello' })).toContainEqual(
      expect.stringContaining('https://, s3:// or file:///'),
    );
    write('nx.json', {});
    write('cache.json', {});
    expect((await messages())[0]).toContain('There is no remote cache');
    expect(await messages({ IMAGE_CACHE_URL: 'file:///x' })).toContainEqual(
      expect.stringContaining('need the name of this repository'),
    );
  });

  it.each(['https://user:password@cache.example', 'https://cache.example?token=x'])(
    'refuse a secret in the address: %s',
    async (url) => {
      write('cache.json', { url });
      expect(await messages()).toHaveLength(1);
    },
  );
});
