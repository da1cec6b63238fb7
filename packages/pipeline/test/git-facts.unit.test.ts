import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Result } from '@image-tooling/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { changedPaths, gitFacts, type WorkspaceGit } from '../src/git/facts';
import { GIT_ENV } from './git-repository';

describe('the paths in a status', () => {
  it.each<[string, string, string, string[]]>([
    ['nothing', '', '', []],
    ['changed, added and untracked', ' M a\0A  b\0?? c\0', '', ['a', 'b', 'c']],
    ['both names of what was renamed', 'R  new\0old\0', '', ['new', 'old']],
    ['both names of what was copied', 'C  new\0old\0 M z\0', '', ['new', 'old', 'z']],
    ['of what was renamed and not staged', ' R new\0old\0', '', ['new', 'old']],
    ['spaces, quotes and other letters', '?? a b\0 M "ü"\0?? 画/é\n\0', '', ['"ü"', 'a b', '画/é\n']],
    ['below a folder', ' M ws/a\0R  ws/new\0other/old\0', 'ws/', ['a', 'new']],
    ['a folder with the same beginning', ' M ws/a\0 M ws2/b\0', 'ws/', ['a']],
  ])('%s', (_, status, prefix, expected) => {
    expect(changedPaths(status, prefix)).toEqual({ uncommitted: expected, ignored: [] });
  });
});

describe('what is ignored in a status', () => {
  it.each<[string, string, string, string[]]>([
    ['files and folders', '!! b.log\0!! a/\0', '', ['a/', 'b.log']],
    ['below a folder', '!! ws/a b/\0!! other/\0!! ws2/\0', 'ws/', ['a b/']],
    ['all of a folder, from inside', '!! ws/\0', 'ws/', ['']],
    ['all around a folder, from inside', '!! around/\0', 'around/ws/', ['']],
  ])('%s', (_, status, prefix, expected) => {
    expect(changedPaths(status, prefix)).toEqual({ uncommitted: [], ignored: expected });
  });
});

describe('a workspace in git', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'git-facts-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const env = GIT_ENV;
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
      .toString()
      .trim();

  function write(...paths: string[]): void {
    for (const path of paths) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), path);
    }
  }

  function committed(...paths: string[]): void {
    git('init', '--quiet', '--initial-branch=main');
    write(...paths);
    git('add', '.');
    git('commit', '--quiet', '--message=one');
  }

  const facts = (below = '.'): Promise<Result<WorkspaceGit>> =>
    gitFacts({ root: join(folder, below), env, signal: new AbortController().signal });

  it('has a commit, its time, a branch, and nothing that is not committed', async () => {
    committed('a');
    const commit = { id: git('rev-parse', 'HEAD'), time: 1_700_000_000 };
    expect(valueOf(await facts())).toEqual({ commit, branch: 'main', uncommitted: [], ignored: [] });
  });

  it('has no branch if none is checked out', async () => {
    committed('a');
    git('checkout', '--quiet', '--detach');
    expect(valueOf(await facts()).branch).toBeUndefined();
  });

  it('lists what is not committed: changed, staged, moved, deleted, new, with any name', async () => {
    committed('changed', 'moved', 'deleted', 'same', 'rücken wind');
    write('staged', 'new folder/two', 'nouveau é', 'rücken wind');
    writeFileSync(join(folder, 'changed'), 'other');
    writeFileSync(join(folder, 'rücken wind'), 'other');
    git('add', 'staged');
    git('mv', 'moved', 'there');
    rmSync(join(folder, 'deleted'));
    expect(valueOf(await facts()).uncommitted).toEqual(
      ['changed', 'deleted', 'moved', 'new folder/two', 'nouveau é', 'rücken wind', 'staged', 'there'].sort(),
    );
  });

  it('lists what git ignores, folders as a whole', async () => {
    committed('a/b/kept');
    write('.gitignore', 'a/b/secret.env', 'node_modules/x/y', 'a/logs/1.log', 'a/logs/2.log');
    writeFileSync(join(folder, '.gitignore'), '*.env\n*.log\nnode_modules\n');
    const { uncommitted, ignored } = valueOf(await facts());
    expect(uncommitted).toEqual(['.gitignore']);
    expect(ignored).toEqual(['a/b/secret.env', 'a/logs/1.log', 'a/logs/2.log', 'node_modules/']);
  });

  it('does not list committed files as ignored', async () => {
    committed('a');
    write('.gitignore', 'logs/kept.log', 'logs/new.log');
    writeFileSync(join(folder, '.gitignore'), 'logs\n');
    git('add', '--force', '.gitignore', 'logs/kept.log');
    git('commit', '--quiet', '--message=two');
    expect(valueOf(await facts())).toMatchObject({ uncommitted: [], ignored: ['logs/new.log'] });
  });

  it('below the root of its repository lists only its own files, relative to itself', async () => {
    committed('outside', 'work space/in/a', 'work space/moved out');
    write('work space/in/b', 'elsewhere');
    writeFileSync(join(folder, 'outside'), 'other');
    git('mv', 'work space/moved out', 'moved out');
    git('mv', 'outside', 'work space/moved in');
    expect(valueOf(await facts('work space')).uncommitted).toEqual(['in/b', 'moved in', 'moved out']);
    expect(valueOf(await facts('work space/in')).uncommitted).toEqual(['b']);
  });

  it('is read independently of the user’s settings for status', async () => {
    committed('a');
    write('b/c');
    git('config', 'status.showUntrackedFiles', 'no');
    git('config', 'status.relativePaths', 'true');
    git('config', 'core.quotePath', 'true');
    expect(valueOf(await facts()).uncommitted).toEqual(['b/c']);
  });

  it('is parsed if the user’s settings show signatures and colours', async (context) => {
    if (!existsSync('/usr/bin/ssh-keygen')) return context.skip('no ssh-keygen on this machine');
    committed('a');
    const key = join(folder, '.git', 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const settings = { 'gpg.format': 'ssh', 'user.signingkey': key, 'log.showSignature': 'true' };
    for (const [name, value] of Object.entries({ ...settings, 'color.ui': 'always', 'column.ui': 'always' }))
      git('config', name, value);
    git('commit', '--quiet', '--allow-empty', '--gpg-sign', '--message=two');
    const { commit, branch } = valueOf(await facts());
    expect({ commit, branch }).toEqual({
      commit: { id: git('rev-parse', 'HEAD'), time: 1_700_000_000 },
      branch: 'main',
    });
    return undefined;
  });

  it.each([
    ['no repository', () => undefined],
    ['no commit', () => git('init', '--quiet')],
  ])('fails with %s', async (_, prepare) => {
    prepare();
    const result = await facts();
    expect(result).toMatchObject({ ok: false, failures: [{ code: 'not-publishable' }] });
  });

  it('fails with the setting to change if the files belong to another user, as in CI’s containers', async () => {
    committed('a');
    const place = { root: folder, env: { ...env, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' } };
    const result = await gitFacts({ ...place, signal: new AbortController().signal });
    expect(result).toMatchObject({
      ok: false,
      failures: [
        {
          message: expect.stringContaining('belong to another user') as string,
          hint: `If you trust it, run: git config --global --add safe.directory ${folder}`,
        },
      ],
    });
  });
});
