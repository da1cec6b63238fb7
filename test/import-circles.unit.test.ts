import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { importCircles, mutualFolders, sourceFiles } from './import-circles';

const ROOT = resolve(__dirname, '..');

const packages = readdirSync(join(ROOT, 'packages')).map((name) => join(ROOT, 'packages', name, 'src'));
const files = sourceFiles(packages);

it('reads the sources of all packages', () => {
  expect(files.length).toBeGreaterThan(500);
});

it('no two folders import each other', () => {
  expect(mutualFolders(files).map((pair) => pair.map((folder) => folder.slice(ROOT.length + 1)))).toEqual([]);
});

it('no file imports itself through others, not even for a type', () => {
  const circles = importCircles(files);
  expect(circles.map((circle) => circle.map((file) => file.slice(ROOT.length + 1)).join(' -> '))).toEqual([]);
});

it('finds circles through values, types, re-exports and a folder’s index', () => {
  const folder = written({
    'a.ts': "import { b } from './b';",
    'b.ts': "import type { A } from './a';",
    'c.ts': "export * from './sub';",
    'sub/index.ts': "import { d } from './d';",
    'sub/d.ts': "import { c } from '../c';",
    'apart.ts': "import { a } from './a'; import { c } from './c';",
  });
  const circles = importCircles(sourceFiles([folder]));
  const names = circles.map((circle) => [...new Set(circle.map((file) => basename(file)))].sort());
  expect(names.sort()).toEqual([
    ['a.ts', 'b.ts'],
    ['c.ts', 'd.ts', 'index.ts'],
  ]);
});

it('finds folders that import each other, and lets an index pass on names', () => {
  const folder = written({
    'index.ts': "export * from './sub/uses-above';",
    'shared.ts': '',
    'sub/uses-above.ts': "import type { A } from '../shared';",
    'one/a.ts': "import { b } from '../two/b';",
    'one/c.ts': '',
    'two/b.ts': '',
    'two/index.ts': "import { c } from '../one/c'; export { c };",
  });
  expect(mutualFolders(sourceFiles([folder]))).toEqual([[join(folder, 'one'), join(folder, 'two')]]);
});

function written(texts: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'circles-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
