import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { remoteCacheHooks, willRunTasks } from '../src/remote-cache';

const HOOKS = ['postTasksExecution', 'preTasksExecution'];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'image-tooling-hooks-'));
  writeFileSync(join(root, 'nx.json'), '{}');
  mkdirSync(join(root, 'images/base'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const hooks = (folder = root, env = {}): string[] => Object.keys(remoteCacheHooks(folder, env)).sort();

describe('the hooks for a remote cache', () => {
  it('do not exist in a workspace without one', () => {
    expect(hooks()).toEqual([]);
  });

  it('exist with a cache.json, wherever Nx is started', () => {
    writeFileSync(join(root, 'cache.json'), '{}');
    expect(hooks()).toEqual(HOOKS);
    expect(hooks(join(root, 'images/base'))).toEqual(HOOKS);
  });

  it('ignore a cache.json that is not in the root', () => {
    writeFileSync(join(root, 'images/cache.json'), '{}');
    expect(hooks(join(root, 'images/base'))).toEqual([]);
  });

  it('exist with IMAGE_CACHE_URL', () => {
    expect(hooks(root, { IMAGE_CACHE_URL: 'file:///cache' })).toEqual(HOOKS);
  });

  it('let a run go on if the command is not installed, and say so', async () => {
    writeFileSync(join(root, 'cache.json'), '{}');
    const { preTasksExecution, postTasksExecution } = remoteCacheHooks(root, {});
    const context = { id: '1', workspaceRoot: root, argv: ['node', 'nx', 'run', 'base:build'] };
    await expect(preTasksExecution?.(undefined, context)).resolves.toBeUndefined();
    await expect(postTasksExecution?.(undefined, context)).resolves.toBeUndefined();
  });
});

describe('the proxy of a remote cache', () => {
  it.each([
    ['run-many -t build', true],
    ['affected -t test --base=main', true],
    ['run base:build', true],
    ['base:build', true],
    ['run-many -t build --skipRemoteCache', false],
    ['show projects', false],
    ['graph', false],
    ['daemon --stop', false],
    ['', false],
  ])('for "nx %s" starts early: %s', (args, expected) => {
    expect(willRunTasks(['node', 'nx', ...args.split(' ')])).toBe(expected);
  });
});
