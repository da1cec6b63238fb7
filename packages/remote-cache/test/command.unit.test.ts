import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startCacheServer, type CacheServer } from '@image-tooling/testkit/cache-server';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../src/command/main';
import { temporary } from './rig';

let root: string;
let server: CacheServer;
beforeEach(async () => {
  server = await startCacheServer();
  root = temporary();
  write('nx.json', {});
  write('cache.json', { url: server.url, repository: 'example.invalid/images' });
  return () => server.kill();
});

function write(file: string, content: object): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), JSON.stringify(content));
}

async function run(
  line: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const host = {
    ...{ cwd: () => root, env, exit: process.exit.bind(process), on: () => process, off: () => process },
    stdout: { write: (text: string) => (stdout += text) !== '' },
    stderr: { write: (text: string) => (stderr += text) !== '' },
  };
  const argv = line.split(' ');
  const options = { argv, signal: new AbortController().signal, help: 'the help\n' };
  const exitCode = await runCommand({ ...options, host: host as unknown as NodeJS.Process });
  return { exitCode, stdout, stderr };
}

describe('cache status', () => {
  it('names what this machine may do', async () => {
    await run('keygen');
    const { exitCode, stdout } = await run('status', { IMAGE_CACHE_KEY: 'cache.key' });
    expect(exitCode).toBe(0);
    expect(
      stdout
        .replace(/\d+ ms/, '3 ms')
        .replace(server.url, 'URL')
        .replace(/[0-9a-f]{16}/g, 'ID'),
    ).toMatchInlineSnapshot(`
      "configured by  cache.json
      cache          URL: answers after 3 ms
      repository     example.invalid/images
      reads          entries signed by ci (ID), of the last 90 days
      writes         yes, signed by ci (ID); the server decides whether the token may
      "
    `);
  });

  it.each([
    ['no key', async () => undefined, 'Make one with "image-tooling cache keygen"'],
    ['a server that is down', () => server.kill(), 'Check the address, and that this machine reaches it'],
    [
      'a refused token',
      async () => void (server.accepts = () => false),
      'It does not accept requests without a token',
    ],
    ['a broken server', async () => void (server.misdeed = () => ({ status: 500 })), 'answered 500'],
    [
      'no address',
      async () => write('cache.json', { repository: 'x' }),
      'Write { "url": "https://cache.example" }',
    ],
    ['no repository', async () => write('cache.json', { url: server.url }), 'Write "repository"'],
    ['no workspace', async () => rmSync(join(root, 'nx.json')), 'Run the command in the root folder'],
  ])('finds %s, and has a hint', async (_, damage, hint) => {
    await damage();
    const { exitCode, stdout, stderr } = await run('status');
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain(hint);
  });

  it('finds a variable of Nx that is not used', async () => {
    await run('keygen');
    const { exitCode, stdout } = await run('status', {
      NX_SELF_HOSTED_REMOTE_CACHE_SERVER: 'https://other.example',
    });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Unset it');
  });
});

describe('cache keygen', () => {
  it('writes a private key for its owner only, and a public one where readers look', async () => {
    const { exitCode, stdout } = await run('keygen --name main');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Never commit it');
    expect(statSync(join(root, 'cache.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(root, 'trust/cache/main.pub'), 'utf8')).toContain('BEGIN PUBLIC KEY');
    expect(stdout).not.toContain('BEGIN');
  });

  it('writes a key for pull requests apart, encrypted with a passphrase', async () => {
    await run('keygen --name pulls --pull-requests --file pulls.key', { IMAGE_SIGNING_PASSPHRASE: 'words' });
    expect(existsSync(join(root, 'trust/cache/pull-requests/pulls.pub'))).toBe(true);
    expect(readFileSync(join(root, 'pulls.key'), 'utf8')).toContain('ENCRYPTED');
  });

  it('never replaces a key, nor writes outside its folder', async () => {
    await run('keygen');
    expect((await run('keygen')).stderr).toContain('a key is never overwritten');
    expect((await run('keygen --file other.key')).exitCode).toBe(1);
    expect((await run('keygen --name ../x --file other.key')).stderr).toContain('is not a name of a key');
    expect(existsSync(join(root, 'other.key'))).toBe(false);
  });
});

describe('cache', () => {
  it.each([
    ['statsu', 2, 'Did you mean "cache status"?'],
    ['status --name x', 1, '"cache status" takes no --name'],
    ['status x', 1, '"cache status" takes no names'],
    ['status --nmae', 1, "Unknown option '--nmae'"],
  ])('%s is refused', async (line, code, words) => {
    const { exitCode, stderr } = await run(line);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(words);
  });

  it('summary says that there is nothing yet', async () => {
    expect(await run('summary')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('No run') as string,
    });
  });

  it('--help prints the help', async () =>
    expect(await run('status --help')).toMatchObject({ exitCode: 0, stdout: 'the help\n' }));
});
