import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  callReal,
  expectExitCodes,
  expectPipes,
  expectRefusals,
  expectSignals,
  expectTerminals,
  expectToRunAsYou,
  folderOf,
} from './behaviour';
import { IMAGE, startPodman, whyNoPodman, type RealEngine } from './real-engines';
import { scriptFor } from './rig';

// The whole matrix, with Docker and rootless Podman: engines.e2e.test.ts.
const reason = await whyNoPodman();
if (reason !== undefined) console.warn(`skipped: toolbox with Podman: ${reason}`);

describe.skipIf(reason !== undefined)('with Podman', () => {
  let engine: RealEngine;
  beforeAll(async () => {
    engine = await startPodman();
  });
  afterAll(() => engine.stop());

  it('runs as you', () => expectToRunAsYou(engine));
  it('ends as the command ends', async () => {
    await expectExitCodes(engine, [0, 255]);
    expectRefusals(engine);
  });
  it('is a part of pipes', () => expectPipes(engine));
  it('has a terminal only where there is one', () => expectTerminals(engine));
  it('passes signals on', () => expectSignals(engine));

  it('keeps a container for the next calls', () => {
    const first = callReal(engine, ['--keep=60', 'sh', '-c', "cut -d ' ' -f22 /proc/1/stat; exit 3"]);
    const second = callReal(engine, ['--keep=60', 'sh', '-c', "cut -d ' ' -f22 /proc/1/stat; exit 3"]);
    expect(first).toEqual({ exitCode: 3, stdout: expect.stringMatching(/^\d+\n$/) as string, stderr: '' });
    expect(second).toEqual(first);
  });

  it('starts no Node in an alias, and two programs before the engine', (context) => {
    const alias = join(engine.home, 'pwd');
    writeFileSync(alias, scriptFor([], { command: 'pwd' }).text, { mode: 0o755 });
    const log = join(engine.home, 'calls');
    const strace = ['--follow-forks', '--seccomp-bpf', '--trace=execve', '--output', log, alias];
    const cwd = folderOf(engine, 'project');
    const ran = spawnSync('strace', strace, { cwd, env: engine.env, encoding: 'utf8' });
    if (ran.error) return context.skip('no strace on this machine');
    expect(ran).toMatchObject({ status: 0, stdout: '/work\n' });
    const started = [...readFileSync(log, 'utf8').matchAll(/execve\("([^"]*)".* = 0$/gm)].map(
      ([, path]) => path!,
    );
    expect(started.filter((path) => /node|npx/.test(path))).toEqual([]);
    expect(started.slice(0, 4).map((path) => path.split('/').at(-1))).toEqual([
      'pwd',
      'uname',
      'id',
      'podman',
    ]);
  });

  it('asks no registry for an image that is there', () => {
    const unreachable = callReal(engine, ['--image', IMAGE, 'echo', 'ran'], {
      env: { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' },
    });
    expect(unreachable).toEqual({ exitCode: 0, stdout: 'ran\n', stderr: '' });
  });
});
