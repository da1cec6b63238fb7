import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitIn } from '../packages/pipeline/test/git-repository';

const SCRIPT = resolve(__dirname, '../scripts/packages-version.mjs');

let folder: string;
const git = (...args: string[]) => gitIn(folder, args);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'packages-version-'));
  git('init', '--quiet', '--initial-branch=main');
});
afterEach(() => rmSync(folder, { recursive: true }));

function commit(message: string, path = 'packages/cli/src/index.ts'): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), message);
  git('add', '.');
  git('commit', '--quiet', '--message', message);
}

function version(...args: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [SCRIPT, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { output: stdout.trim(), stderr, status };
}

describe('the next version of the packages', () => {
  it('is 0.1.0 before the first tag', () => {
    commit('cli: begin');
    expect(version().output).toBe('version=0.1.0');
  });

  it.each([
    ['1.2.3', ['fix: a', 'cli: b'], '1.2.4'],
    ['1.2.3', ['fix: a', 'feat(nx): b'], '1.3.0'],
    ['1.2.3', ['feat(nx)!: b', 'feat: c'], '2.0.0'],
    ['1.2.3', ['cli: b\n\nBREAKING CHANGE: c'], '2.0.0'],
    ['0.2.3', ['feat: b'], '0.2.4'],
    ['0.2.3', ['feat!: b'], '0.3.0'],
  ])('after %s and %j is the right one', (last, messages, expected) => {
    commit('one');
    git('tag', `packages@${last}`);
    git('tag', 'base@9.0.0');
    messages.forEach((message) => commit(message));
    expect(version().output).toBe(`version=${expected}`);
  });

  it('counts from the highest tag that this commit comes after', () => {
    commit('one');
    for (const last of ['1.9.0', '1.10.0']) git('tag', `packages@${last}`);
    commit('two');
    git('checkout', '--quiet', '-b', 'other');
    commit('three');
    git('tag', 'packages@3.0.0');
    git('checkout', '--quiet', 'main');
    expect(version().output).toBe('version=1.10.1');
  });

  it('is not printed if nothing that is packed changed', () => {
    commit('one');
    git('tag', 'packages@1.0.0');
    for (const path of [
      'docs/a.md',
      'packages/cli/test/a.ts',
      'packages/testkit/src/a.ts',
      'images/a/image.json',
    ])
      commit(`feat: change ${path}`, path);
    const { output, stderr, status } = version();
    expect({ output, status }).toEqual({ output: '', status: 1 });
    expect(stderr).toContain('Nothing that is packed changed since packages@1.0.0');
  });

  it('comes with notes', () => {
    commit('one');
    git('tag', 'packages@1.0.0');
    for (const message of ['feat!: two', 'feat: three', 'cli: four', 'cli: five']) commit(message);
    expect(version('--notes').output.replace(/\([0-9a-f]+\)/g, '(id)')).toBe(
      [
        'Since 1.0.0:',
        '## Breaking changes\n\n- feat!: two (id)',
        '## New\n\n- feat: three (id)',
        '## Changes\n\n- cli: five (id)\n- cli: four (id)',
      ].join('\n\n'),
    );
  });
});
