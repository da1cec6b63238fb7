import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listedLines } from '../src/commands/store/ls';
import { TestHost } from './host';

let host: TestHost;

beforeEach(() => (host = new TestHost()));
afterEach(() => host.remove());

async function told(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await host.run(...args);
  return `exit code ${exitCode}\n${stdout}${stderr}`;
}

describe('what can not be', () => {
  it.each<[string, string[]]>([
    ['nothing to do with the store', ['store']],
    ['an unknown command', ['store', 'prnue']],
    ['a flag of another store command', ['store', 'ls', '--apply']],
    ['a name where none belongs', ['store', 'du', 'base']],
    ['invalid number of days', ['store', 'prune', '--keep-days=soon']],
    ['an export to nowhere', ['store', 'export', 'base']],
    ['an export outside of a workspace', ['store', 'export', '--to=x.tar']],
    ['an import of nothing', ['store', 'import']],
    ['an import of no file', ['store', 'import', 'nothing.tar']],
    ['an import of a folder', ['store', 'import', '.']],
    ['a property of Object as command', ['store', 'toString']],
    ['a check outside of a workspace', ['check']],
    ['a check of one image', ['check', 'base']],
    ['a shell in no image', ['shell', '--', 'ls']],
    ['a command for a shell, without "--"', ['shell', 'base', 'kubectl', 'version']],
    ['a path that is empty', ['explain', 'base', '--file', '']],
    ['a shell in two images', ['shell', 'base', 'child', '--', 'ls', 'x']],
  ])('%s', async (_, args) => {
    expect(await told(...args)).toMatchSnapshot();
  });

  it('a shell without a terminal', async () => {
    host.write('nx.json', {});
    expect(await told('shell', 'base')).toMatchSnapshot();
  });

  it('an export of what was not built', async () => {
    host.write('nx.json', {});
    host.write('images/base/image.json', { description: 'X', from: { debian: 'trixie' } });
    expect(await told('store', 'export', 'base', '--to=x.tar')).toMatchSnapshot();
    expect(existsSync(join(host.folder, 'x.tar'))).toBe(false);
  });
});

it('a list names workspaces by number, so that long paths don’t widen its rows', () => {
  const workspaces = ['/home/one/workspace', '/home/two/workspace'];
  const digest = `sha256:${'a'.repeat(64)}` as const;
  const tool = { name: 'yq', buildId: digest, digest, size: 1000, usedMs: Date.now() };
  const tools = [
    { ...tool, workspaces },
    { ...tool, workspaces: workspaces.slice(1) },
    { ...tool, workspaces: [] },
  ];
  const lines = listedLines({ root: '/store', images: [], tools, workspaces });
  expect(lines.filter((line) => line.includes('within')).map((line) => line.split('hour  ')[1])).toEqual([
    '1, 2',
    '2',
    '-',
  ]);
  expect(lines.slice(-2)).toEqual(['  1  /home/one/workspace', '  2  /home/two/workspace']);
});

describe('a store that can not be', () => {
  it.each([
    ['~/s', 'the shell did not expand "~"'],
    ['s', 'not an absolute path'],
    ['/proc/x', "The store can't be in /proc/x"],
    ['/dev/null', "The store can't be in /dev/null"],
  ])('%s', async (path, message) => {
    host.env['IMAGE_STORE'] = path;
    const { exitCode, stderr } = await host.run('store', 'ls');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain('IMAGE_STORE');
    expect(readdirSync(host.folder)).toEqual([]);
  });
});

describe('an empty store', () => {
  it.each([['ls'], ['prune'], ['verify']])('%s', async (command) => {
    const text = await told('store', command);
    expect(text.replace(/\d+\.\d s/g, '0.0 s')).toMatchSnapshot();
  });

  it.each(['ls', 'du'])('%s for programs', async (command) => {
    const { stdout } = await host.run('store', command, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ root: '<workspace>/store' });
  });
});

it('a damaged blob ends a verification with 1, and a repair with 0', async () => {
  const blobs = join(host.folder, 'store', 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  writeFileSync(join(blobs, '0'.repeat(64)), 'x');
  const found = await host.run('store', 'verify');
  expect(found.exitCode).toBe(1);
  expect(found.stderr).toContain('a blob is damaged');
  expect(found.stderr).toContain('image-tooling store verify --repair');
  expect((await host.run('store', 'verify', '--repair')).exitCode).toBe(0);
  expect((await host.run('store', 'verify')).exitCode).toBe(0);
});

it('a check reports all mistakes, as text and as JSON', async () => {
  host.write('nx.json', {});
  host.write('images/base/image.json', { description: 'X', from: { debian: 'trixie' } });
  expect(await told('check')).toMatchSnapshot();
  host.output.stdout = '';
  const { exitCode, stdout } = await host.run('check', '--json');
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ images: 1, tools: 0, failures: [{ code: 'lock-missing' }] });
});
