import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitIn } from '../packages/pipeline/test/git-repository';
import { GitHubApi } from './workflows/github';

const exec = promisify(execFile);
const SCRIPTS = resolve(__dirname, '../.ci');
const BRANCH = 'refs/heads/update/nightly';

let folder: string;
let clone: string;
let github: GitHubApi;

const git = (where: string, ...args: string[]): string => gitIn(where, args);

function write(path: string, content: string): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), content);
}

/** A clone of a repository with a tool, and a server's copy of it. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'workflow-scripts-'));
  clone = join(folder, 'clone');
  github = await new GitHubApi().start();
  git(folder, 'init', '--quiet', '--initial-branch=main', 'clone');
  await cp(SCRIPTS, join(clone, '.ci'), { recursive: true });
  write('tools/a/tool.json', 'one');
  write('ci.yml', 'one');
  git(clone, 'add', '.');
  git(clone, 'commit', '--quiet', '--message=one');
  git(folder, 'clone', '--quiet', '--bare', 'clone', 'team/images');
});
afterEach(() => {
  github.stop();
  rmSync(folder, { recursive: true });
});

/** Runs it with a patch that writes these files, on a fresh main. */
async function openPullRequest(files: Readonly<Record<string, string>>): Promise<string> {
  git(clone, 'checkout', '--quiet', 'main');
  for (const [path, content] of Object.entries(files)) write(path, content);
  git(clone, 'add', '--intent-to-add', '.');
  writeFileSync(join(folder, 'patch'), `${git(clone, 'diff', '--binary')}\n`.replace(/^\n$/, ''));
  git(clone, 'add', '.');
  git(clone, 'reset', '--quiet', '--hard');
  const { stdout } = await exec(
    join(clone, '.ci/with-git-login'),
    [join(clone, '.ci/open-update-pull-request'), join(folder, 'patch')],
    {
      cwd: clone,
      env: {
        PATH: process.env['PATH'],
        GIT_CONFIG_GLOBAL: '/dev/null',
        GITHUB_API_URL: github.url,
        GITHUB_SERVER_URL: `file://${folder}`,
        GITHUB_REPOSITORY: 'team/images',
        GITHUB_TOKEN: 'token of a test',
      },
    },
  );
  return stdout;
}

const onServer = (...args: string[]): string => git(join(folder, 'team/images'), ...args);

describe('.ci/open-update-pull-request', () => {
  it('pushes a branch and opens a pull request once', async () => {
    expect(await openPullRequest({ 'tools/a/tool.json': 'two' })).toContain('https://github.example/1');
    expect(onServer('show', `${BRANCH}:tools/a/tool.json`)).toBe('two');
    await openPullRequest({ 'tools/a/tool.json': 'three' });
    expect(onServer('show', `${BRANCH}:tools/a/tool.json`)).toBe('three');
    expect(onServer('rev-list', '--count', `main..${BRANCH}`)).toBe('1');
    const asked = github.requests.map(({ line }) => line);
    const list = 'GET /repos/team/images/pulls?state=open&head=team:update/nightly';
    expect(asked).toEqual([list, 'POST /repos/team/images/pulls', list]);
    expect(github.requests[1]).toMatchObject({
      authorization: 'Bearer token of a test',
      body: {
        head: 'update/nightly',
        base: 'main',
        body: expect.stringContaining('tools/a/tool.json') as unknown,
      },
    });
  });

  it('takes over definitions and locks only', async () => {
    await openPullRequest({ 'tools/a/tool.json': 'two', 'tools/a/lock.json': 'new', 'ci.yml': 'two' });
    expect(onServer('show', `${BRANCH}:tools/a/lock.json`)).toBe('new');
    expect(onServer('show', `${BRANCH}:ci.yml`)).toBe('one');
  });

  it('does nothing for an empty patch', async () => {
    expect(await openPullRequest({})).toContain('Everything is up to date.');
    expect(github.requests).toEqual([]);
  });
});

describe('.ci/with-git-login', () => {
  it('gives git the token, and writes it nowhere', async () => {
    const line =
      "printf 'protocol=https\\nhost=github.example\\n\\n' | git credential fill && cat .git/config";
    const { stdout } = await exec(join(SCRIPTS, 'with-git-login'), ['bash', '-c', line], {
      cwd: clone,
      env: { PATH: process.env['PATH'], GITHUB_TOKEN: 'token', GIT_CONFIG_GLOBAL: '/dev/null' },
    });
    expect(stdout).toContain('username=x-access-token\npassword=token\n');
    expect(stdout.match(/token/g)).toHaveLength(2);
  });
});
