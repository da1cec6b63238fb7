import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure, Progress, Result } from '@image-tooling/model';
import { startForwardProxy } from '@image-tooling/testkit';
import { findCli, type Cli } from '../src/dagger/cli';
import { cachedCli } from '../src/dagger/cli/cache';
import type { SessionOptions } from '../src/dagger/session';
import { writeFakeDagger } from './dagger-fake';

let folder: string;
let servers: Server[];
let notes: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dagger-cli-'));
  servers = [];
  notes = [];
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true, force: true });
});

const nothing = (): void => undefined;
const progress: Progress = {
  note: (line) => notes.push(line),
  step: (name) => {
    notes.push(name);
    return { status: nothing, output: nothing, done: nothing, failed: nothing };
  },
};
const options = (env: NodeJS.ProcessEnv = {}): SessionOptions => ({
  env: { HOME: folder, PATH: join(folder, 'bin'), ...env },
  storeRoot: join(folder, 'store'),
  progress,
});

function valueOf(result: Result<Cli>): Cli {
  if (!result.ok) throw new Error(JSON.stringify(result.failures));
  return result.value;
}

function failureOf(result: Result<unknown>): Failure {
  if (result.ok) throw new Error('It succeeded, a failure was expected.');
  return result.failures[0];
}

async function cached(version?: string): Promise<string> {
  const path = cachedCli({ HOME: folder });
  await mkdir(join(folder, '.cache', 'dagger'), { recursive: true });
  const text = await readFile(await writeFakeDagger(join(folder, 'made'), { version }));
  await writeFile(path, text, { mode: 0o755 });
  return path;
}

describe('findCli', () => {
  it('takes the program that the variable names, whatever its version', async () => {
    const path = await writeFakeDagger(join(folder, 'own'), { version: '0.22.1' });
    await writeFakeDagger(join(folder, 'bin'));
    const cli = valueOf(await findCli(options({ _EXPERIMENTAL_DAGGER_CLI_BIN: path })));
    expect(cli).toEqual({ path, version: '0.22.1', image: 'registry.invalid/engine:v0.22.1' });
  });

  it.each([
    ['is not there', undefined],
    ['does not run', '#!/bin/sh\necho broken library >&2; exit 127\n'],
    ['is another program', '#!/bin/sh\necho dagger of the murderer\n'],
  ])('refuses it where it %s', async (_, text) => {
    const path = join(folder, 'dagger');
    if (text !== undefined) await writeFile(path, text, { mode: 0o755 });
    const failure = failureOf(await findCli(options({ _EXPERIMENTAL_DAGGER_CLI_BIN: path })));
    expect(failure).toMatchObject({ code: 'no-engine' });
    expect(failure.message).toContain(path);
    expect(failure.hint).toContain('_EXPERIMENTAL_DAGGER_CLI_BIN');
  });

  it('takes that of PATH', async () => {
    const path = await writeFakeDagger(join(folder, 'bin'));
    expect(valueOf(await findCli(options())).path).toBe(path);
    expect(notes).toEqual([]);
  });

  it('skips that of PATH if its version does not fit, and says so', async () => {
    const installed = await writeFakeDagger(join(folder, 'bin'), { version: '0.20.3' });
    const path = await cached();
    expect(valueOf(await findCli(options())).path).toBe(path);
    expect(notes).toEqual([`${installed} is version 0.20.3, 0.21 is needed: using another one.`]);
  });
});

describe('the download', () => {
  /** An archive as the vendor makes it, and its checksums. */
  async function publish(
    change: (answer: RequestListener) => RequestListener = (answer) => answer,
    checksum?: string,
  ) {
    await writeFakeDagger(join(folder, 'vendor'), { version: '0.21.9' });
    const archive = execFileSync('tar', ['-cz', '-C', join(folder, 'vendor'), 'dagger']);
    const sum = checksum ?? createHash('sha256').update(archive).digest('hex');
    const answer: RequestListener = (request, response) =>
      void response.end(request.url === '/sums' ? `${sum}  dagger.tar.gz\n` : archive);
    const server = createServer(change(answer));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { archive: `${base}/dagger.tar.gz`, checksums: `${base}/sums`, idleSeconds: 1 };
  }

  it('puts a verified program where the SDK looks for it, once for several processes', async () => {
    let asked = 0;
    const place = await publish((answer) => (request, response) => {
      if (request.url !== '/sums') asked += 1;
      answer(request, response);
    });
    const found = await Promise.all([findCli(options(), place), findCli(options(), place)]);
    expect(found.map((cli) => valueOf(cli).path)).toEqual(Array(2).fill(cachedCli({ HOME: folder })));
    expect(asked).toBe(1);
    expect(notes).toEqual(['Dagger: download its program, version 0.21.9']);
  });

  it('uses the proxy of the environment', async () => {
    const place = await publish();
    const port = Number(new URL(place.archive).port);
    const proxy = await startForwardProxy({ route: () => port, login: 'ada:planted-secret' });
    const named = { archive: 'http://vendor.invalid/dagger.tar.gz', checksums: 'http://vendor.invalid/sums' };
    const found = await findCli(options({ HTTP_PROXY: `http://ada:planted-secret@${proxy.host}` }), named);
    await proxy.stop();
    expect(valueOf(found).path).toBe(cachedCli({ HOME: folder }));
    expect([...proxy.asked].sort().reverse()).toEqual([
      'GET http://vendor.invalid/sums',
      'GET http://vendor.invalid/dagger.tar.gz',
    ]);
  });

  it('names a failing proxy, without its login', async () => {
    const proxy = await startForwardProxy({ route: () => undefined, status: 403 });
    const place = { archive: 'https://vendor.invalid/a', checksums: 'https://vendor.invalid/sums' };
    const found = await findCli(options({ HTTPS_PROXY: `http://ada:planted-secret@${proxy.host}` }), place);
    await proxy.stop();
    expect(failureOf(found).details?.join()).toContain(`the proxy ${proxy.url}, which answered 403`);
    expect(JSON.stringify(found)).not.toContain('planted-secret');
  });

  it.each([
    ['the checksum differs', () => publish((answer) => answer, '0'.repeat(64)), 'checksum mismatch'],
    [
      'the server refuses',
      () => publish(() => (_, response) => void response.writeHead(503).end()),
      'failed',
    ],
    ['the server sends nothing', () => publish(() => nothing), 'no data for 1 s'],
    [
      'the server stops in the middle',
      () => publish(() => (_, response) => void response.write('half')),
      'no data for 1 s',
    ],
    [
      'there is no network',
      async () => ({ archive: 'http://127.0.0.1:1/dagger.tar.gz', checksums: 'http://127.0.0.1:1/sums' }),
      'refused the connection',
    ],
  ])('is a failure where %s, and leaves nothing', async (_, place, cause) => {
    const failure = failureOf(await findCli(options(), await place()));
    expect(failure).toMatchObject({ code: 'no-engine' });
    expect(failure.details?.join('\n')).toContain(cause);
    expect(failure.hint).toContain('_EXPERIMENTAL_DAGGER_CLI_BIN');
    expect(failure.hint).toContain('IMAGE_ENGINE=buildah');
    const left = await readdir(join(folder, '.cache', 'dagger')).catch(() => []);
    expect(left).toEqual([]);
  });
});
