import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newOwnedName } from '@image-tooling/host';
import { execError, failureOf, type DaggerOutcome } from '@image-tooling/testkit';
import { promiseOf, valueOf } from '@image-tooling/testkit/helpers';
import { HEALTH, openStepRig, worked, type StepRig } from './dagger-step-rig';

const OTHER = process.arch === 'arm64' ? 'linux/amd64' : 'linux/arm64';

let rig: StepRig;
beforeEach(async () => {
  rig = await openStepRig();
});
afterEach(() => rig.close());

describe('lines', () => {
  it('come through the socket while the step runs, and what did not come when it ends', async () => {
    const seen: string[] = [];
    const firstLine = promiseOf<true>();
    rig.outcome = async ({ socket = '' }) => {
      const client = connect(socket);
      client.write('0 out\nearly\n');
      await firstLine.promise;
      expect(seen).toEqual(['early']);
      client.end('unfinished');
      return worked({ '0/0.out': 'early\nunfinished', '0/0.err': 'only in the file\n' });
    };
    const onLine = (line: string): void => {
      seen.push(line);
      firstLine.resolve(true);
    };
    valueOf(await rig.run({ onLine }));
    expect(seen).toEqual(['early', 'unfinished', 'only in the file']);
  });

  it('need no socket without a callback', async () => {
    await rig.run();
    expect(rig.server.builds[0]?.socket).toBeUndefined();
  });
});

describe('failures', () => {
  it.each<[string, DaggerOutcome, string, RegExp]>([
    ['a system without sh', execError(127, 'exec: /bin/sh: not found'), 'engine', /could not run the step/],
    [
      'another processor',
      { kind: 'error', message: 'fork/exec /bin/sh: exec format error' },
      'platform',
      /can't run programs/,
    ],
    [
      'a full disk',
      { kind: 'error', message: 'failed to copy: write /var/lib/x: no space left on device' },
      'disk-full',
      /disk of the Dagger engine \(tcp:/,
    ],
    ['a disk too full to say so', execError(124), 'disk-full', /no space left/],
    ['an error', { kind: 'error', message: 'input: something odd' }, 'engine', /answered with an error/],
    [
      'an engine that was killed',
      { kind: 'http', status: 502, text: 'http do: Post "http://dagger/query": unexpected EOF' },
      'engine',
      /lost the connection/,
    ],
    ['a connection that breaks off', { kind: 'drops' }, 'engine', /lost the connection/],
  ])('report %s', async (_, answer, code, message) => {
    rig.outcome = answer;
    const failure = failureOf(await rig.run());
    expect(failure).toMatchObject({ code });
    expect(failure.message).toMatch(message);
    expect(JSON.stringify(failure)).not.toMatch(/traceparent|dagger-server-token/);
  });

  it('report an engine that no longer answers', async () => {
    rig.outcome = async () => {
      await rig.server.versionsAnswered(2);
      rig.server.answerVersion('silent');
      return { kind: 'hangs' };
    };
    expect(failureOf(await rig.run())).toMatchObject({ code: 'engine', message: /lost the connection/ });
  });

  it('do not report an engine that only takes long', async () => {
    rig.outcome = async () => {
      // Longer than the silence that is too long.
      await rig.server.versionsAnswered(HEALTH.silenceMs / HEALTH.everyMs + 2);
      return worked();
    };
    expect((await rig.run()).ok).toBe(true);
  });

  it('report an engine whose session answers in its place, twice', async () => {
    rig.outcome = { kind: 'hangs' };
    rig.server.answerVersion('wrong');
    expect(failureOf(await rig.run())).toMatchObject({ code: 'engine', message: /lost the connection/ });
  });

  it('report the time limit, and end the query', async () => {
    rig.outcome = { kind: 'hangs' };
    expect(failureOf(await rig.run({ timeoutSeconds: 1 }))).toMatchObject({ code: 'timeout' });
    await rig.server.abandoned;
  });

  it('report an abort, and end the query', async () => {
    const abort = new AbortController();
    rig.outcome = () => {
      abort.abort();
      return { kind: 'hangs' };
    };
    expect(failureOf(await rig.run({ signal: abort.signal }))).toMatchObject({ code: 'aborted' });
    await rig.server.abandoned;
  });

  it("report a platform that a local engine can't run", async () => {
    const failed = await rig.run({ platform: OTHER, origin: 'unix:///run/engine.sock' });
    // Where an emulator is registered the step runs.
    if (!failed.ok) expect(failed.failures[0]).toMatchObject({ code: 'platform' });
  });
});

describe('what is left', () => {
  it.each([
    ['works', () => worked()],
    ['fails', () => execError(1)],
    ['breaks off', (): DaggerOutcome => ({ kind: 'drops' })],
  ])('of a step that %s is what was learnt of its layers', async (_, answer) => {
    rig.outcome = answer();
    await rig.run({ onLine: () => undefined });
    expect(rig.leftIn('steps')).toEqual([]);
    expect(
      rig
        .leftIn('layers')
        .map((name) => name.replace(/^[0-9a-f]{64}/, 'DIFF-ID'))
        .sort(),
    ).toEqual(['DIFF-ID.found.json', 'folders.tar']);
  });

  it('of processes that were killed goes with the next step', async () => {
    await rig.run();
    const [, ...rest] = newOwnedName().split('-');
    const orphan = [2 ** 22 + 1, ...rest].join('-');
    const own = newOwnedName();
    for (const name of [orphan, own]) {
      await mkdir(join(rig.folder, 'store', 'engine', 'dagger', 'steps', name), { recursive: true });
      await writeFile(join(rig.folder, 'store', 'engine', 'dagger', 'layers', `0.tar.${name}.tmp`), '');
    }
    await rig.run();
    expect(rig.leftIn('steps')).toEqual([own]);
    expect(rig.leftIn('layers')).toContain(`0.tar.${own}.tmp`);
    expect(rig.leftIn('layers')).not.toContain(`0.tar.${orphan}.tmp`);
  });

  it('of what was learnt in part is not believed', async () => {
    const layer = rig.tarLayer({ 'etc/passwd': '' });
    await rig.run({ system: [layer] });
    const [record = ''] = rig.leftIn('layers').filter((name) => name.endsWith('.json'));
    const path = join(rig.folder, 'store', 'engine', 'dagger', 'layers', record);
    await writeFile(path, '{"hid');
    valueOf(await rig.run({ system: [layer] }));
    expect(readFileSync(path, 'utf8')).toContain('hidden');
  });
});
