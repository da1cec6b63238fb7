import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const REPOSITORY = resolve(__dirname, '../../..');
const LOAD = createRequire(join(REPOSITORY, 'packages/cli/bin/'));
const { COMMAND, PLUGIN, REMOTE_CACHE, dependencies } = LOAD('./source-bundle.cjs') as SourceBundle;
const PACKAGES = COMMAND.packages;
/** Packages that only the commands "cache …" need: builds must not depend on them. */
const CACHE_ONLY = REMOTE_CACHE.packages.filter((name) => !PACKAGES.includes(name));

interface SourceBundle {
  readonly COMMAND: { readonly packages: string[] };
  readonly PLUGIN: { readonly packages: string[] };
  readonly REMOTE_CACHE: { readonly packages: string[] };
  readonly dependencies: (packages: string[]) => string[];
}

describe('the packages of the bundle', () => {
  const json = (file: string): unknown => JSON.parse(readFileSync(join(REPOSITORY, file), 'utf8'));

  it('are the command’s and all below', () => {
    const below = (name: string): string[] => {
      const { dependencies = {} } = json(`packages/${name}/package.json`) as { dependencies?: object };
      const own = Object.keys(dependencies).flatMap((one) => one.split('@image-tooling/')[1] ?? []);
      return [...own.flatMap(below), name];
    };
    expect([...PACKAGES, ...CACHE_ONLY].sort()).toEqual([...new Set(below('cli'))].sort());
  });

  it('have their own bundle where builds do not need them', () => {
    expect(CACHE_ONLY.sort()).toEqual(['object-store', 'remote-cache']);
  });

  it('are hashed by Nx for each task', () => {
    const { namedInputs } = json('nx.json') as { namedInputs: { imageTooling: readonly unknown[] } };
    expect(namedInputs.imageTooling[0]).toBe(`{workspaceRoot}/packages/{${PACKAGES.join()}}/src/**/*`);
  });
});

describe('what the bundle leaves outside', () => {
  it('is resolved from the folder of the bundle', async () => {
    const bundle = createRequire(join(REPOSITORY, 'node_modules/.cache/image-tooling/bundle.cjs'));
    for (const { packages } of [COMMAND, PLUGIN, REMOTE_CACHE]) {
      expect(dependencies(packages).length).toBeGreaterThan(0);
      for (const name of dependencies(packages)) expect(bundle.resolve(name), name).toContain('node_modules');
    }
  });
});
