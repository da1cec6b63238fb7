import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { importCircles, sourceFiles } from './import-circles';

const ROOT = resolve(__dirname, '..');

it('no file imports itself through others, not even for a type', () => {
  const packages = readdirSync(join(ROOT, 'packages')).map((name) => join(ROOT, 'packages', name, 'src'));
  const files = sourceFiles(packages);
  expect(files.length).toBeGreaterThan(500);
  const circles = importCircles(files);
  expect(circles.map((circle) => circle.map((file) => file.slice(ROOT.length + 1)).join(' -> '))).toEqual([]);
});

it('finds circles through values, types, re-exports and a folder’s index', () => {
  const folder = mkdtempSync(join(tmpdir(), 'circles-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'sub'));
  const files = {
    'a.ts': "import { b } from './b';",
    'b.ts': "import type { A } from './a';",
    'c.ts': "export * from './sub';",
    'sub/index.ts': "import { d } from './d';",
    'sub/d.ts': "import { c } from '../c';",
    'apart.ts': "import { a } from './a'; import { c } from './c';",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const circles = importCircles(sourceFiles([folder]));
  const names = circles.map((circle) => [...new Set(circle.map((file) => basename(file)))].sort());
  expect(names.sort()).toEqual([
    ['a.ts', 'b.ts'],
    ['c.ts', 'd.ts', 'index.ts'],
  ]);
});
