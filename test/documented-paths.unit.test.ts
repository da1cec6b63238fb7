import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(__dirname, '..');
const PACKAGES = readdirSync(join(ROOT, 'packages'));

it('every source path that the documentation names exists', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
    ...PACKAGES.map((name) => `packages/${name}/README.md`),
  ];
  const named = pages.flatMap((page) => sourcePaths(page).map((path) => ({ page, path })));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ page, path }) => !isThere(page, path))).toEqual([]);
});

/** Returns what stands in backticks and begins with packages/ or, in a package's own page, src/. */
function sourcePaths(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/`((?:packages|src)\/[\w./-]+)`/g)].map(([, path]) => path!);
}

function isThere(page: string, path: string): boolean {
  const from = path.startsWith('src/') ? dirname(page) : '';
  return existsSync(join(ROOT, from, path));
}
