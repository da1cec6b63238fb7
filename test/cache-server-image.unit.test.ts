import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = resolve(__dirname, '..');
const BUNDLE = `import('./scripts/pack/stage.mjs').then(({ stage }) => {
  const { sources } = stage('cache-server', { to: process.argv[1], version: '0.0.0' });
  console.log(JSON.stringify(sources));
})`;

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cache-server-image-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it('the tool of the cache server names all files of this repository that its bundle is made from', () => {
  const folder = scratch();
  const read = execFileSync('node', ['-e', BUNDLE, folder], { cwd: ROOT, encoding: 'utf8' });
  const sources = (JSON.parse(read) as string[]).filter((path) => !path.includes('node_modules/'));
  expect(sources.length).toBeGreaterThan(50);
  const text = readFileSync(join(ROOT, 'tools/cache-server-app/tool.json'), 'utf8');
  const { inputs } = (JSON.parse(text) as { sources: { workspace: { inputs: string[] } } }).sources.workspace;
  const isNamed = (path: string) => inputs.some((one) => path === one || path.startsWith(`${one}/`));
  expect(sources.filter((path) => !isNamed(path))).toEqual([]);
});

const VERSION = `import('./scripts/pack/content-version.mjs').then(({ setContentVersion }) =>
  setContentVersion(process.argv[1], '0.0.0'))`;

/** Returns a copy of this repository whose npm packages are a link to ours. */
function linkedCopy(): string {
  const folder = scratch();
  const isSource = (path: string) => !/node_modules|\/(?:dist|test)$/.test(path.slice(ROOT.length));
  for (const name of [
    'LICENSE',
    'package.json',
    'tsconfig.base.json',
    'tsconfig.json',
    'scripts',
    'packages',
  ])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter: isSource });
  for (const path of ['node_modules', 'packages/cache-server/node_modules'])
    symlinkSync(join(ROOT, path), join(folder, path));
  return folder;
}

it('the program in its image says a version that follows from its files alone', () => {
  const places = [
    [ROOT, 'Asia/Tokyo'],
    [linkedCopy(), 'America/Lima'],
  ] as const;
  const packed = places.map(([cwd, zone]) => {
    const folder = scratch();
    const command = ['scripts/pack-for-image.mjs', 'cache-server', folder, '0.0.0'];
    execFileSync('node', command, { cwd, env: { ...process.env, TZ: zone } });
    return folder;
  });
  const said = packed.map((folder) =>
    execFileSync(join(folder, 'bin/cache-server'), ['--version'], { encoding: 'utf8' }),
  );
  expect(said[0]).toMatch(/^0\.0\.0-sha256-[0-9a-f]{12}\n$/);
  expect(said[1]).toBe(said[0]);
});

it('other files of the program give another version', () => {
  const folder = scratch();
  const versions = ['0', '1', '0'].map((content) => {
    writeFileSync(join(folder, 'package.json'), '{}');
    writeFileSync(join(folder, 'index.js'), content);
    execFileSync('node', ['-e', VERSION, folder], { cwd: ROOT });
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
  });
  expect(versions[0]).toBe(versions[2]);
  expect(versions[0]).not.toBe(versions[1]);
});
