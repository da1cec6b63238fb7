import type { NpmFixture } from '@image-tooling/testkit';

/** Its tool.json. */
export const BUNDLING = {
  description: 'A tool that bundles packages',
  homepage: 'https://tool.invalid',
  license: 'Apache-2.0',
  version: '1.0.0',
  sources: {
    npm: {
      package: 'bundling-tool',
      files: { bin: 'lib/bundling/bin', node_modules: 'lib/bundling/node_modules' },
    },
  },
};

const manifest = (name: string, version: string, more: object = {}) =>
  JSON.stringify({ name, version, ...more });

/** Bundles args twice, deep three times, and small. */
export const toolAt = (version: string, args: string): NpmFixture => ({
  name: 'bundling-tool',
  version,
  files: {
    'bin/tool': { content: '#!/bin/sh\n', mode: 0o755 },
    'node_modules/args/package.json': manifest('args', args, { dependencies: { small: '^1.0.0' } }),
    'node_modules/args/old.js': 'old',
    'node_modules/args/LICENSE': 'Old terms.\n',
    'node_modules/args/node_modules/deep/package.json': manifest('deep', '1.0.0'),
    'node_modules/small/package.json': manifest('small', '1.0.0'),
    'node_modules/@scope/user/package.json': manifest('@scope/user', '3.0.0'),
    'node_modules/strict/package.json': manifest('strict', '1.0.0', {
      dependencies: { '@scope/user': '~3.0.0' },
    }),
    'node_modules/@scope/user/node_modules/args/package.json': manifest('args', '1.9.0'),
  },
});

export const packageAt = (name: string, version: string, more: object = {}): NpmFixture => ({
  name,
  version,
  files: {
    'package.json': manifest(name, version, more),
    'new.js': `${name} ${version}`,
    LICENSE: 'New terms.\n',
  },
});

/** The version of args that a raise takes. */
export const ARGS = packageAt('args', '1.2.8', {
  dependencies: { small: '^1.0.0', deep: '1' },
  scripts: { test: 'true' },
});
