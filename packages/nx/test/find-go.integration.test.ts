import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Result } from '@image-tooling/model';
import type { GoRun } from '@image-tooling/sources/go';
import { writeProxy, type ProxiedModule } from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { SILENT } from '@image-tooling/testkit/helpers';
import { findGoModule, type GoCandidate, type GoQuery } from '../src/generators/tool/go/find-module';

const MAIN = 'package main\n\nfunc main() {}\n';
const LICENSE = 'Apache License\nVersion 2.0, January 2004\n';

const module = (
  path: string,
  version: string,
  files: Readonly<Record<string, string>> = { 'main.go': MAIN },
): ProxiedModule => ({
  path,
  version,
  files: { 'go.mod': `module ${path}\n\ngo 1.24\n`, LICENSE, ...files },
});

/** One entry for each version. */
const MODULES = [
  module('example.invalid/team/tool', 'v1.0.0'),
  module('example.invalid/team/tool', 'v1.2.0'),
  module('example.invalid/team/major', 'v1.0.0'),
  module('example.invalid/team/major/v3', 'v3.4.5'),
  module('example.invalid/team/late/v2', 'v2.1.0'),
  module('example.invalid/team/many', 'v0.1.0', {
    'many.go': 'package many\n',
    'cmd/other/main.go': MAIN,
    'cmd/many/main.go': MAIN,
    'tools/gen.go': `//go:build ignore\n\n${MAIN}`,
    'internal/x/main.go': MAIN,
  }),
];

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'find-go-'));
  await writeProxy(proxy(), MODULES);
  for (const path of new Set(MODULES.map((one) => one.path))) await writeList(path);
});
afterAll(() => rm(root, { recursive: true, force: true }));

function proxy(): string {
  return join(root, 'proxy');
}

/** Writes the versions of a module as a registry lists them. */
async function writeList(path: string): Promise<void> {
  const list = join(proxy(), path, '@v', 'list');
  await mkdir(dirname(list), { recursive: true });
  const versions = MODULES.filter((one) => one.path === path).map(({ version }) => `${version}\n`);
  await writeFile(list, versions.join(''));
}

/** The store is shared with the other Go tests, so that one of them downloads the toolchain. */
function find(query: GoQuery, signal = new AbortController().signal): Promise<Result<GoCandidate>> {
  const run: GoRun = {
    cache: join(inject('sharedFolder'), 'go-store'),
    context: { signal, progress: SILENT },
    hostEnv: { ...process.env, HOME: root, GOPROXY: `file://${proxy()}`, GOSUMDB: 'off' },
  };
  return findGoModule(query, run);
}

async function found(query: GoQuery): Promise<GoCandidate> {
  const result = await find(query);
  if (!result.ok) throw new Error(JSON.stringify(result.failures, undefined, 1));
  return result.value;
}

describe('findGoModule', () => {
  it('finds the latest version, with its programs and licence', async () => {
    expect(await found({ path: 'example.invalid/team/tool' })).toEqual({
      module: 'example.invalid/team/tool',
      version: '1.2.0',
      package: 'example.invalid/team/tool',
      programs: ['example.invalid/team/tool'],
      licence: LICENSE,
    });
  });

  it('finds the given version', async () => {
    expect(await found({ path: 'example.invalid/team/tool', version: '1.0.0' })).toMatchObject({
      version: '1.0.0',
    });
  });

  it('finds the latest major version, also if the first or one in between is missing', async () => {
    expect(await found({ path: 'example.invalid/team/major' })).toMatchObject({
      module: 'example.invalid/team/major/v3',
      version: '3.4.5',
    });
    expect(await found({ path: 'example.invalid/team/late' })).toMatchObject({
      module: 'example.invalid/team/late/v2',
    });
  });

  it('finds the module of a package, and all programs of a module', async () => {
    expect(await found({ path: 'example.invalid/team/many/cmd/other' })).toMatchObject({
      module: 'example.invalid/team/many',
      programs: ['example.invalid/team/many/cmd/other'],
    });
    expect((await found({ path: 'example.invalid/team/many' })).programs).toEqual([
      'example.invalid/team/many/cmd/many',
      'example.invalid/team/many/cmd/other',
    ]);
  });

  it.each(['example.invalid/team/absent', 'nothing'])('fails for %s', async (path) => {
    expect(await find({ path })).toMatchObject({ failures: [{ code: 'package-not-found' }] });
  });

  it('stops when it is aborted', async () => {
    expect(await find({ path: 'example.invalid/team/tool' }, AbortSignal.abort())).toMatchObject({
      failures: [{ code: 'aborted' }],
    });
  });
});
