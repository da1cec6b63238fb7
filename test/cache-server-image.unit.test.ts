import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = resolve(__dirname, '..');
const BUNDLE = `import('./scripts/pack/stage.mjs').then(({ stage }) => {
  const { sources } = stage('cache-server', { to: process.argv[1], version: '0.0.0' });
  console.log(JSON.stringify(sources));
})`;

it('the tool of the cache server names all files of this repository that its bundle is made from', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cache-server-image-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const read = execFileSync('node', ['-e', BUNDLE, folder], { cwd: ROOT, encoding: 'utf8' });
  const sources = (JSON.parse(read) as string[]).filter((path) => !path.includes('node_modules/'));
  expect(sources.length).toBeGreaterThan(50);
  const text = readFileSync(join(ROOT, 'tools/cache-server-app/tool.json'), 'utf8');
  const { inputs } = (JSON.parse(text) as { sources: { workspace: { inputs: string[] } } }).sources.workspace;
  const isNamed = (path: string) => inputs.some((one) => path === one || path.startsWith(`${one}/`));
  expect(sources.filter((path) => !isNamed(path))).toEqual([]);
});
