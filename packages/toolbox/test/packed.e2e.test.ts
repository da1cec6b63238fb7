import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { jsonSchemas } from '@image-tooling/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderOf } from './behaviour';
import { packedToolbox } from './packed-toolbox';
import { startPodman, whyNoPodman, type RealEngine } from './real-engines';
import { signalled } from './rig';

const reason = await whyNoPodman();
if (reason !== undefined) console.warn(`skipped: the packed toolbox with Podman: ${reason}`);

describe.skipIf(reason !== undefined)('the packed toolbox, with Podman', () => {
  let engine: RealEngine;
  let command: [string, string];
  beforeAll(async () => {
    engine = await startPodman();
    command = await packedToolbox(join(engine.home, 'toolbox'), '1.2.3');
  });
  afterAll(() => engine.stop());

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('passes on %s', async (signal, exitCode) => {
    const argv = [...command, 'sh', '-c', 'echo ready; exec sleep 60'] as const;
    const ran = await signalled(argv, engine.env, folderOf(engine, 'project'), 'ready', signal);
    expect(ran).toMatchObject({ exitCode, stdout: 'ready\n' });
  });

  it('passes a signal on once', async () => {
    const script =
      'n=0; trap "n=\\$((n + 1))" INT; echo ready; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; done; exit $((n + 10))';
    const argv = [...command, 'sh', '-c', script] as const;
    const ran = await signalled(argv, engine.env, folderOf(engine, 'project'), 'ready', 'SIGINT');
    expect(ran.exitCode).toBe(11);
  });

  it('ends kept containers', () => {
    const [node, toolbox] = command;
    const run = (...argv: string[]) =>
      spawnSync(node, [toolbox, ...argv], {
        cwd: folderOf(engine, 'project'),
        env: engine.env,
        encoding: 'utf8',
      });
    expect(run('--keep', 'true').status).toBe(0);
    expect(run('stop').stdout).toMatch(/^ended toolbox-0-\d+\n$/);
    expect(run('stop')).toMatchObject({ status: 0, stdout: '' });
    expect(run('--keep', 'echo', 'again')).toMatchObject({ status: 0, stdout: 'again\n', stderr: '' });
    expect(run('stop').status).toBe(0);
  });

  it('brings the JSON Schema of toolbox.json', () => {
    const file = join(dirname(command[1]), '../schemas/toolbox.schema.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(jsonSchemas()['toolbox.schema.json']);
  });

  it('finds nothing wrong on this machine, but for what the test lacks', () => {
    const [node, toolbox] = command;
    const env = { ...engine.env, SSH_AUTH_SOCK: '' };
    const found = spawnSync(node, [toolbox, 'doctor'], {
      cwd: folderOf(engine, 'project'),
      env,
      encoding: 'utf8',
    });
    expect(found.stdout.match(/\(([a-z-]+)\)$/gm) ?? []).toEqual([]);
    const listed = spawnSync(node, [toolbox, 'list'], {
      cwd: folderOf(engine, 'project'),
      env,
      encoding: 'utf8',
    });
    expect(listed).toMatchObject({ status: 0, stdout: expect.stringContaining('run by podman') as string });
  });
});
