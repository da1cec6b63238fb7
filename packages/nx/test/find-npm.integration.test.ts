import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findNpm } from '../src/generators/tool/find/npm';
import type { Search, ToolOptions } from '../src/generators/tool/find/types';

const PACKAGES: Readonly<Record<string, object>> = {
  plain: {
    description: 'A  program\n',
    license: 'MIT',
    repository: { url: 'git+https://github.com/a/plain.git' },
    bin: { plain: './cli.js' },
    dependencies: { other: '1' },
  },
  native: {
    description: 'Fast',
    license: 'MIT',
    homepage: 'https://native.invalid#readme',
    optionalDependencies: {
      '@native/linux-x64': '2.0.0',
      '@native/linux-arm64': '2.0.0',
      '@native/linux-x64-musl': '2.0.0',
      '@native/darwin-arm64': '2.0.0',
    },
  },
};

/** A registry as npm reads it, for the packages above, at 1.0.0 and 2.0.0. */
let registry: Server;
let url: string;

beforeAll(async () => {
  registry = createServer((request, response) => {
    const name = decodeURIComponent(request.url ?? '').slice(1);
    const content = PACKAGES[name];
    const version = (number: string): object => ({
      name,
      version: number,
      dist: { tarball: `${url}/x.tgz` },
      ...content,
    });
    response.statusCode = name === 'locked' ? 401 : content ? 200 : 404;
    response.setHeader('content-type', 'application/json');
    response.end(
      content
        ? JSON.stringify({
            name,
            'dist-tags': { latest: '2.0.0' },
            versions: { '1.0.0': version('1.0.0'), '2.0.0': version('2.0.0') },
          })
        : '{}',
    );
  });
  await new Promise<void>((done) => registry.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((done) => registry.close(done));
  rmSync(CACHE, { recursive: true, force: true });
});

const CACHE = join(tmpdir(), 'find-npm-cache');

function search(options: ToolOptions): Search {
  const step = {
    status: () => undefined,
    output: () => undefined,
    done: () => undefined,
    failed: () => undefined,
  };
  return {
    options,
    root: tmpdir(),
    workspace: { images: new Map(), tools: new Map() },
    env: {
      ...process.env,
      npm_config_registry: url,
      npm_config_cache: CACHE,
      npm_config_fetch_retries: '0',
    },
    context: { signal: new AbortController().signal, progress: { note: () => undefined, step: () => step } },
  };
}

describe('a tool of npm', () => {
  it('is the latest, with the data of its package', async () => {
    const found = await findNpm('plain', search({ name: 'plain' }));
    expect(found).toMatchObject({
      ok: true,
      value: {
        version: '2.0.0',
        description: 'A program',
        license: 'MIT',
        homepage: 'https://github.com/a/plain',
        source: { package: 'plain', files: { 'cli.js': 'bin/plain' } },
      },
    });
    expect(found.ok && found.value.questions.join(' ')).toMatch(/script for Node.*needs other npm packages/);
  });

  it('is a package for each processor if it has such packages', async () => {
    const found = await findNpm('native', search({ name: 'native', toolVersion: '1.0.0' }));
    expect(found).toMatchObject({
      ok: true,
      value: {
        version: '1.0.0',
        homepage: 'https://native.invalid',
        source: {
          package: '@native/linux-{arch}',
          files: { 'bin/native': 'bin/native' },
          archNames: { amd64: 'x64' },
        },
      },
    });
  });

  it('fails if it does not exist, or the registry does not answer', async () => {
    expect(await findNpm('absent', search({ name: 'absent' }))).toMatchObject({
      failures: [{ code: 'package-not-found' }],
    });
    expect(await findNpm('plain', search({ name: 'plain', toolVersion: '9.9.9' }))).toMatchObject({
      failures: [{ code: 'package-not-found' }],
    });
    expect(await findNpm('locked', search({ name: 'locked' }))).toMatchObject({
      failures: [{ code: 'network' }],
    });
  });
});
