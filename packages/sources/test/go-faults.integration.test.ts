import { mkdir, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildGoTool, lockGoTool, type GoTool } from '../src/go';
import { writeProxy } from '@image-tooling/testkit';
import { failureOf, GoRig, GREETING, HOST, TOOL } from './go-rig';

describe('a tool from Go modules that fails', () => {
  let rig: GoRig;

  beforeAll(async () => {
    rig = await GoRig.open();
  });

  afterAll(() => rig.close());

  const badSum = (text: string): string =>
    text.replace(/^(example\.invalid\/greeting v1\.0\.0) h1:.*$/m, `$1 h1:${'A'.repeat(43)}=`);

  it('refuses modules whose bytes are not those of go.sum', async () => {
    const copy = await rig.changedFolder('bad-sum', 'go.sum', badSum);
    expect(await failureOf(rig.fetch(rig.run(await rig.freshCache('bad-sum-cache')), copy))).toMatchObject({
      code: 'go-sum',
      message: expect.stringContaining('example.invalid/greeting@v1.0.0') as string,
    });
  });

  it('refuses them at the build too, when they were fetched before', async () => {
    const copy = await rig.changedFolder('bad-sum-late', 'go.sum', badSum);
    expect(await failureOf(rig.build('out-bad', rig.run(), copy))).toMatchObject({ code: 'go-sum' });
  });

  it('requests a new lock when go.sum lacks a module', async () => {
    const copy = await rig.changedFolder('no-sum', 'go.sum', (text) =>
      text.replace(/^example\.invalid\/greeting.*\n/gm, ''),
    );
    expect(await failureOf(rig.fetch(rig.run(), copy))).toMatchObject({ code: 'lock-stale' });
  });

  it('builds without a network: a module that was not fetched is missing', async () => {
    expect(await failureOf(rig.build('out-none', rig.run(await rig.freshCache('empty'))))).toMatchObject({
      code: 'network',
    });
  });

  it("reports a registry that lacks a module, or can't be reached", async () => {
    await mkdir(rig.path('void'));
    const lacking = rig.run(await rig.freshCache('lacking'), { GOPROXY: `file://${rig.path('void')}` });
    expect(await failureOf(rig.fetch(lacking))).toMatchObject({ code: 'network' });
    const down = rig.run(await rig.freshCache('down'), { GOPROXY: 'http://me:hunter2@127.0.0.1:1' });
    const failure = await failureOf(rig.fetch(down));
    expect(failure).toMatchObject({ code: 'network' });
    expect(JSON.stringify([failure, down.context.lines])).not.toContain('hunter2');
  });

  it('gives up on a registry that hangs, and stops at once on abort', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const env = { GOPROXY: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const cache = await rig.freshCache('hanging');
    expect(await failureOf(rig.fetch(rig.run(cache, env), rig.folder, 1))).toMatchObject({ code: 'timeout' });
    const controller = new AbortController();
    server.once('request', () => controller.abort());
    expect(await failureOf(rig.fetch(rig.run(cache, env, controller.signal)))).toMatchObject({
      code: 'aborted',
    });
    server.closeAllConnections();
    server.close();
  });

  it("can't be locked: no such version, no such package, no version for a folder", async () => {
    const codeOf = async (tool: GoTool) => (await failureOf(lockGoTool({ tool }, rig.run())))?.code;
    expect(await codeOf({ ...TOOL, version: '9.9.9' })).toBe('package-not-found');
    expect(await codeOf({ ...TOOL, package: 'example.invalid/hello/other' })).toBe('package-not-found');
    expect(await codeOf({ ...TOOL, replace: {} })).toBe('schema');
  });

  it("shows the compiler's last lines, and leaves no program, when code does not compile", async () => {
    const broken = { ...GREETING, path: 'example.invalid/broken', files: brokenFiles() };
    await writeProxy(rig.proxy, [broken]);
    const tool = {
      ...TOOL,
      name: 'broken',
      version: '1.0.0',
      replace: {},
      package: broken.path,
      module: broken.path,
      ldflags: [],
    };
    const target = rig.path('broken');
    await rig.lock(tool, target);
    const failure = await failureOf(
      buildGoTool({ tool, folder: target, arch: HOST, into: rig.path('out-x') }, rig.run()),
    );
    expect(failure).toMatchObject({ code: 'go-build', message: 'broken: it does not compile.' });
    expect(failure?.details?.join('\n')).toContain('undefined: nothing');
    expect(await readdir(rig.path('out-x'))).toEqual([]);
  });
});

function brokenFiles(): Record<string, string> {
  return {
    'go.mod': 'module example.invalid/broken\n\ngo 1.24\n',
    'main.go': 'package main\n\nfunc main() { nothing() }\n',
  };
}
