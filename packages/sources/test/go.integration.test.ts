import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Arch, Result } from '@image-tooling/model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  buildGoTool,
  ensureGoToolchain,
  fetchGoModules,
  lockGoTool,
  type GoRun,
  type GoTool,
} from '../src/go';
import { recordingContext } from './go-context';
import { writeProxy } from './go-proxy';

/** Whose programs this machine runs. */
const HOST: Arch = process.arch === 'arm64' ? 'arm64' : 'amd64';

const MAIN = `package main

import (
	"os"

	"example.invalid/greeting"
	"local.invalid/part"
)

var version, date, commit string

func main() {
	os.Stdout.WriteString(greeting.Word + part.Word + " " + version + " " + date + " " + commit + "\\n")
}
`;

/** A command with a dependency, and one that it takes from a folder of its own repository. */
const HELLO = {
  path: 'example.invalid/hello',
  version: 'v1.2.3',
  files: {
    'go.mod':
      'module example.invalid/hello\n\ngo 1.24\n\nrequire (\n\texample.invalid/greeting v1.0.0\n\tlocal.invalid/part v0.0.0\n)\n\nreplace local.invalid/part => ./part\n',
    'cmd/main.go': MAIN,
    LICENSE: 'terms of hello\n',
  },
};
const GREETING = {
  path: 'example.invalid/greeting',
  version: 'v1.0.0',
  files: {
    'go.mod': 'module example.invalid/greeting\n\ngo 1.24\n',
    'greeting.go': 'package greeting\n\nconst Word = "hello "\n',
    NOTICE: 'notice of greeting\n',
  },
};
const PART = {
  path: 'local.invalid/part',
  version: 'v0.2.3',
  files: {
    'go.mod': 'module local.invalid/part\n\ngo 1.24\n',
    'part.go': 'package part\n\nconst Word = "world"\n',
  },
};

const TOOL: GoTool = {
  name: 'hello',
  version: '1.2.3',
  package: 'example.invalid/hello/cmd',
  module: 'example.invalid/hello',
  replace: { 'local.invalid/*': 'v0.{minor}.{patch}' },
  ldflags: ['-X main.version=v{version}', '-X main.date={date}', '-X main.commit={commit}'],
};

describe('tools from Go modules, with a proxy of our own and the real toolchain', () => {
  let root: string;
  let proxy: string;
  let folder: string;
  let run: GoRun & { context: ReturnType<typeof recordingContext> };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'go-tools-'));
    proxy = join(root, 'proxy');
    await writeProxy(proxy, [HELLO, GREETING, PART]);
    run = runIn(join(root, 'cache'));
    need(await ensureGoToolchain(run));
    folder = join(root, 'hello');
    need(await lockGoTool({ tool: TOOL, folder }, run));
  });

  beforeEach(() => {
    run = runIn(join(root, 'cache'));
  });

  afterAll(() => rm(root, { recursive: true, force: true }));

  function runIn(cache: string, env: Readonly<Record<string, string>> = {}, signal?: AbortSignal) {
    const hostEnv = {
      PATH: process.env['PATH'],
      HOME: root,
      GOPROXY: `file://${proxy}`,
      GOSUMDB: 'off',
      ...env,
    };
    return { cache, context: recordingContext(signal), hostEnv: { ...process.env, ...hostEnv } };
  }

  /** A second user's store: the same toolchain, nothing else. */
  async function freshCache(name: string): Promise<string> {
    await mkdir(join(root, name, 'go'), { recursive: true });
    await symlink(join(root, 'cache', 'go', 'toolchain'), join(root, name, 'go', 'toolchain'));
    return join(root, name);
  }

  async function build(into: string, on: GoRun = run, arch: Arch = HOST, from = folder) {
    return buildGoTool({ tool: TOOL, folder: from, arch, into: join(root, into) }, on);
  }

  function fetch(on: GoRun, from = folder, timeoutSeconds = 60) {
    return fetchGoModules({ tool: TOOL, folder: from, arches: [HOST], timeoutSeconds }, on);
  }

  async function changedFolder(
    name: string,
    file: string,
    change: (text: string) => string,
  ): Promise<string> {
    const copy = join(root, name);
    await cp(folder, copy, { recursive: true });
    await writeFile(join(copy, file), change(await readFile(join(copy, file), 'utf8')));
    return copy;
  }

  it('locks: upstream go line, folders replaced by versions, sums of all modules', async () => {
    const goMod = await readFile(join(folder, 'go.mod'), 'utf8');
    expect(goMod).toContain('module image-tooling.invalid/tools/hello\n');
    expect(goMod).toMatch(/^go 1\.24/m);
    expect(goMod).toContain('tool example.invalid/hello/cmd\n');
    expect(goMod).toMatch(/local\.invalid\/part => local\.invalid\/part v0\.2\.3/);
    const goSum = await readFile(join(folder, 'go.sum'), 'utf8');
    for (const { path, version } of [HELLO, GREETING, PART])
      expect(goSum).toContain(`${path} ${version} h1:`);
    const lock = JSON.parse(await readFile(join(folder, 'lock.json'), 'utf8')) as Record<string, unknown>;
    expect(lock['go']).toMatchObject({ version: 'v1.2.3', time: 1769860800 });
  });

  it('builds a program that reports its version, a fixed date and its sum, with its licences', async () => {
    const built = need(await build('out'));
    const output = execFileSync(built.binary, { encoding: 'utf8' });
    expect(output).toMatch(/^hello world v1\.2\.3 2026-01-31T12:00:00Z h1:\S{44}\n$/);
    expect(built.goVersion).toMatch(/^go1\./);
    expect(built.licences.map(({ path }) => path)).toEqual([
      'example.invalid/greeting@v1.0.0/NOTICE',
      'example.invalid/hello@v1.2.3/LICENSE',
      expect.stringMatching(/^go@1\.[\d.]+\/LICENSE$/),
    ]);
    expect(run.context.lines).toContainEqual(
      expect.stringMatching(/[1-9]\d* of \d+ packages compiled, now \S+/),
    );
    expect(await readdir(join(root, 'cache', 'go', 'tmp'))).toEqual([]);
  });

  it('gives the same bytes in another folder and cache, with another user configuration', async () => {
    const home = join(root, 'home');
    const goEnv = 'GOFLAGS=-race -tags=other\nGOAMD64=v3\nCGO_ENABLED=1\nGOTOOLCHAIN=go1.99.0\n';
    await mkdir(join(home, '.config', 'go'), { recursive: true });
    await writeFile(join(home, '.config', 'go', 'env'), goEnv);
    const env = {
      HOME: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      GOFLAGS: '-tags=more',
      TZ: 'Asia/Tokyo',
    };
    const other = runIn(await freshCache('elsewhere'), env);
    const copy = await changedFolder('a folder/with a space', 'go.mod', (text) => text);
    need(await fetch(other, copy));
    const [first, second] = [need(await build('out1')), need(await build('out2', other, HOST, copy))];
    expect(await sha256(second.binary)).toBe(await sha256(first.binary));
    expect(second.licences).toEqual(first.licences);
  });

  it('takes the registry from the file that "go env -w" writes', async () => {
    const home = join(root, 'home-proxy');
    await mkdir(join(home, '.config', 'go'), { recursive: true });
    await writeFile(join(home, '.config', 'go', 'env'), `GOPROXY=file://${proxy}\nGOSUMDB=off\n`);
    const {
      GOPROXY: _,
      GOSUMDB: __,
      XDG_CONFIG_HOME: ___,
      ...hostEnv
    } = runIn('').hostEnv as Record<string, string>;
    const other = { ...runIn(await freshCache('by-file')), hostEnv: { ...hostEnv, HOME: home } };
    expect((await fetch(other)).ok).toBe(true);
  });

  it('builds for arm64 as well', async () => {
    need(await fetchGoModules({ tool: TOOL, folder, arches: ['amd64', 'arm64'] }, run));
    const built = need(await build('out-arm64', run, 'arm64'));
    // ELF header, e_machine at byte 18: 183 is AArch64 (ELF for the Arm 64-bit Architecture, 4.1).
    expect((await readFile(built.binary)).readUInt16LE(18)).toBe(183);
  });

  it('builds one at a time on a machine, and says so', async () => {
    const [first, second] = [runIn(join(root, 'cache')), runIn(join(root, 'cache'))];
    const both = await Promise.all([build('out-a', first), build('out-b', second)]);
    expect(both.map(({ ok }) => ok)).toEqual([true, true]);
    const waited = [...first.context.lines, ...second.context.lines].filter((line) =>
      line.includes('waiting'),
    );
    expect(waited).toHaveLength(1);
  });

  it('refuses modules whose bytes are not those of go.sum', async () => {
    const line = (await readFile(join(folder, 'go.sum'), 'utf8')).match(
      /^example\.invalid\/greeting v1\.0\.0 h1:.*$/m,
    );
    const fake = `example.invalid/greeting v1.0.0 h1:${'A'.repeat(43)}=`;
    const copy = await changedFolder('bad-sum', 'go.sum', (text) => text.replace(line?.[0] ?? '', fake));
    expect(await failureOf(fetch(runIn(await freshCache('bad-sum-cache')), copy))).toMatchObject({
      code: 'go-sum',
      message: expect.stringContaining('example.invalid/greeting@v1.0.0') as string,
    });
  });

  it('refuses them at the build too, when they were fetched before', async () => {
    const copy = await changedFolder('bad-sum-late', 'go.sum', (text) =>
      text.replace(/^(example\.invalid\/greeting v1\.0\.0) h1:.*$/m, `$1 h1:${'A'.repeat(43)}=`),
    );
    expect(await failureOf(build('out-bad', run, HOST, copy))).toMatchObject({ code: 'go-sum' });
  });

  it('asks for a lock when go.sum lacks a module', async () => {
    const copy = await changedFolder('no-sum', 'go.sum', (text) =>
      text.replace(/^example\.invalid\/greeting.*\n/gm, ''),
    );
    expect(await failureOf(fetch(run, copy))).toMatchObject({ code: 'lock-stale' });
  });

  it('builds without a network: a module that was not fetched is missing', async () => {
    expect(await failureOf(build('out-none', runIn(await freshCache('empty'))))).toMatchObject({
      code: 'network',
    });
  });

  it('tells of a registry that lacks a module, or can not be reached', async () => {
    await mkdir(join(root, 'void'));
    const lacking = runIn(await freshCache('lacking'), { GOPROXY: `file://${join(root, 'void')}` });
    expect(await failureOf(fetch(lacking))).toMatchObject({ code: 'network' });
    const down = runIn(await freshCache('down'), { GOPROXY: 'http://me:hunter2@127.0.0.1:1' });
    const failure = await failureOf(fetch(down));
    expect(failure).toMatchObject({ code: 'network' });
    expect(JSON.stringify([failure, down.context.lines])).not.toContain('hunter2');
  });

  it('gives up on a registry that hangs, and stops at once when aborted', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const env = { GOPROXY: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const cache = await freshCache('hanging');
    expect(await failureOf(fetch(runIn(cache, env), folder, 1))).toMatchObject({ code: 'timeout' });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1000);
    expect(await failureOf(fetch(runIn(cache, env, controller.signal)))).toMatchObject({ code: 'aborted' });
    server.closeAllConnections();
    server.close();
  });

  it('writes nothing when a lock fails: no such version, no such package, no version for a folder', async () => {
    const target = join(root, 'never');
    const codeOf = async (tool: GoTool) => (await failureOf(lockGoTool({ tool, folder: target }, run)))?.code;
    expect(await codeOf({ ...TOOL, version: '9.9.9' })).toBe('package-not-found');
    expect(await codeOf({ ...TOOL, package: 'example.invalid/hello/other' })).toBe('package-not-found');
    expect(await codeOf({ ...TOOL, replace: {} })).toBe('schema');
    expect(await readdir(target).catch(() => 'none')).toBe('none');
  });

  it("shows the compiler's last lines, and leaves no program, when code does not compile", async () => {
    const broken = { ...GREETING, path: 'example.invalid/broken', files: brokenFiles() };
    await writeProxy(proxy, [broken]);
    const tool = {
      ...TOOL,
      name: 'broken',
      version: '1.0.0',
      replace: {},
      package: broken.path,
      module: broken.path,
      ldflags: [],
    };
    const target = join(root, 'broken');
    need(await lockGoTool({ tool, folder: target }, run));
    const failure = await failureOf(
      buildGoTool({ tool, folder: target, arch: HOST, into: join(root, 'out-x') }, run),
    );
    expect(failure).toMatchObject({ code: 'go-build', message: 'broken: it does not compile.' });
    expect(failure?.details?.join('\n')).toContain('undefined: nothing');
    expect(await readdir(join(root, 'out-x'))).toEqual([]);
  });

  it('goes on after a build that was aborted, and leaves no process', async () => {
    const cache = await freshCache('aborted');
    const controller = new AbortController();
    const first = runIn(cache, {}, controller.signal);
    need(await fetch(runIn(cache)));
    setTimeout(() => controller.abort(), 1500);
    expect(await failureOf(build('out-abort', first))).toMatchObject({ code: 'aborted' });
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(join(root, 'out-abort'));
    expect((await build('out-abort', runIn(cache))).ok).toBe(true);
  });
});

function brokenFiles(): Record<string, string> {
  return {
    'go.mod': 'module example.invalid/broken\n\ngo 1.24\n',
    'main.go': 'package main\n\nfunc main() { nothing() }\n',
  };
}

function need<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failures, undefined, 1));
  return result.value;
}

async function failureOf(promise: Promise<Result<unknown>>) {
  const result = await promise;
  return result.ok ? undefined : result.failures[0];
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
