import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { expect, it } from 'vitest';
import { generators } from '../generators.json';
import { importDockerfile } from '../src/generators/import-dockerfile/generator';

it.each(Object.entries(generators))('%s says what it does, in its --help', (_, { schema }) => {
  const { description } = JSON.parse(readFileSync(join(__dirname, '..', schema), 'utf8')) as {
    readonly description?: string;
  };
  expect(description).toMatch(/^[A-Z].*\.$/);
});

it('a file without FROM is not a Dockerfile', () => {
  const tree = createTreeWithEmptyWorkspace();
  const folder = mkdtempSync(join(tmpdir(), 'image-tooling-import-'));
  writeFileSync(join(folder, 'Dockerfile'), 'FRM debian\n# FROM debian\n');
  expect(() => importDockerfile(tree, { path: folder, name: 'one' })).toThrow('has no FROM');
  expect(tree.exists('images/one/image.json')).toBe(false);
  rmSync(folder, { recursive: true });
});
