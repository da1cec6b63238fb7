import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failuresOf, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { formatFailures } from '@image-tooling/model';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { hashOfToken } from '../src/access';
import { readSettings } from '../src/config';

interface ConfigMap {
  readonly kind?: string;
  readonly data?: Readonly<Record<string, string>>;
}

const MINIMAL = {
  storage: 'file:///var/cache',
  audience: 'https://cache.example',
  projects: { tooling: { github: { repositoryId: '1' } } },
};

async function read(
  config: object | string,
  { env = {}, tokens }: { env?: NodeJS.ProcessEnv; tokens?: object } = {},
) {
  const folder = temporaryFolder();
  const file = join(folder, 'cache-server.json');
  writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config, null, 2));
  if (tokens) writeFileSync(join(folder, 'tokens.json'), JSON.stringify(tokens, null, 2));
  return readSettings(file, env);
}

it('has defaults for all but the storage and the projects', async () => {
  const { config, host, port } = valueOf(await read(MINIMAL));
  expect([host, port]).toEqual(['127.0.0.1', 8080]);
  expect(config.github).toEqual({
    issuer: 'https://token.actions.githubusercontent.com',
    keysUrl: 'https://token.actions.githubusercontent.com/.well-known/jwks',
  });
  expect(config.gitlab.keysUrl).toBe('https://gitlab.com/oauth/discovery/keys');
  expect(config.limits).toEqual({ entry: 2e9, trusted: 1e11, own: 5e9, total: 5e11 });
  expect(config.keep).toEqual({ trusted: 30 * 86_400_000, own: 7 * 86_400_000 });
  expect(config.projects['tooling']?.github).toEqual({
    repositoryId: '1',
    events: ['push', 'schedule'],
    releaseEnvironments: [],
  });
});

it('takes the address, storage and temporary folder from the environment', async () => {
  const env = { CACHE_LISTEN: '[::1]:9', CACHE_STORAGE: 'file:///other', CACHE_TEMPORARY: '/t' };
  const { host, port, config, temporary } = valueOf(await read(MINIMAL, { env }));
  expect([host, port, config.storage, temporary]).toEqual(['::1', 9, 'file:///other', '/t']);
});

it('reports all mistakes of the configuration at once, with their lines', async () => {
  const text = `{
  "storage": "ftp://x",
  "listen": "8080",
  "limits": { "entry": "2 gigabytes" },
  "keep": { "trusted": "1 month" },
  "projects": { "tooling": { "github": { "repositoryId": 5, "branchs": [] } } }
}`;
  const failures = failuresOf(await read(text));
  expect(failures.map(({ place }) => place?.line)).toEqual(expect.arrayContaining([2, 3, 4, 5, 6]));
  expect(formatFailures(failures)).toContain('did you mean "branches"');
});

it('reports all mistakes between values at once, and of the tokens', async () => {
  const config = {
    storage: 's3://bucket/..',
    listen: '127.0.0.1:99999',
    github: { issuer: 'http://issuer.example' },
    tokens: 'tokens.json',
    projects: {
      damaged: { github: { repositoryId: '1' } },
      b: { github: { repositoryId: '1' }, gitlab: { projectId: '2' } },
      c: { gitlab: { projectId: '2' } },
    },
  };
  const token = { name: 'one', sha256: hashOfToken('x'), project: 'b', role: 'read' };
  const tokens = { tokens: [token, { ...token, project: 'unknown', role: 'write' }] };
  const messages = failuresOf(await read(config, { tokens })).map(({ message }) => message);
  expect(messages).toEqual([
    'The port of "127.0.0.1:99999" is above 65535.',
    'Tokens of GitHub and GitLab need "audience": the URL of this server.',
    '"damaged" can’t be the name of a project.'.replace('’', "'"),
    '"1" is there twice.',
    '"2" is there twice.',
    'The keys of github must be read by https.',
    '"s3://bucket/.." has an invalid prefix; expected "s3://bucket/prefix".',
    'S3 needs credentials, but AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set.',
    '"unknown" is not a project of the configuration.',
    'A token that writes needs a "namespace": a name of its own, or "trusted", which main reads.',
    '"one" is there twice.',
    `"${hashOfToken('x')}" is there twice.`,
  ]);
});

it('reports missing files, and S3 without credentials', async () => {
  expect(failuresOf(await readSettings('/nowhere/cache-server.json', {}))[0].message).toBe(
    'There is no /nowhere/cache-server.json.',
  );
  expect(failuresOf(await read({ ...MINIMAL, tokens: 'missing.json' }))[0].message).toContain('missing.json');
  expect(failuresOf(await read({ ...MINIMAL, storage: 's3://bucket' }))[0].message).toContain(
    'AWS_ACCESS_KEY_ID',
  );
});

it('accepts the configuration of the Kubernetes manifest', async () => {
  const file = join(import.meta.dirname, '../deploy/cache-server.yaml');
  const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((one) => one.toJS() as ConfigMap);
  const text = documents.find(({ kind }) => kind === 'ConfigMap')?.data?.['cache-server.json'] ?? '';
  const { config, temporary } = valueOf(await read(text));
  expect([config.limits.total, temporary]).toEqual([45e9, '/var/cache/temporary']);
});
