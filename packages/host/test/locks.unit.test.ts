import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok, type Result } from '@image-tooling/model';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { promiseOf, valueOf } from '@image-tooling/testkit/helpers';
import { withLock } from '../src';
import { failureOf } from './help';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'locks-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

/** Resolves when one more has tried to take the lock, and has to wait for it; that one then stops. */
async function refused(path: string, late: Promise<Result<string>>[]): Promise<void> {
  const abort = new AbortController();
  const waits = promiseOf<true>();
  const onWait = (): void => {
    abort.abort();
    waits.resolve(true);
  };
  late.push(withLock(path, abort.signal, async () => ok('two at a time'), onWait));
  await waits.promise;
}

describe('withLock', () => {
  it('lets one at a time do its work, and tells the others once that they wait', async () => {
    const path = join(folder, 'deep', 'lock');
    let inside = 0;
    let waits = 0;
    const othersWait = promiseOf<true>();
    const onWait = (): void => {
      waits += 1;
      if (waits === 2) othersWait.resolve(true);
    };
    const late: Promise<Result<string>>[] = [];
    const work = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await othersWait.promise;
      await refused(path, late);
      inside -= 1;
      return ok('done');
    };
    const all = [1, 2, 3].map(() => withLock(path, never, work, onWait));
    for (const result of await Promise.all(all)) expect(valueOf(result)).toBe('done');
    expect(waits).toBe(2);
    expect((await Promise.all(late)).map((result) => failureOf(result).code)).toEqual(
      Array(3).fill('aborted'),
    );
  });

  it('is free again after work that threw', async () => {
    const path = join(folder, 'lock');
    await expect(withLock(path, never, () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
    expect(valueOf(await withLock(path, never, async () => ok(1)))).toBe(1);
  });

  it('waits no longer when aborted', async () => {
    const path = join(folder, 'lock');
    const abort = new AbortController();
    const held = promiseOf<true>();
    const secondEnded = promiseOf<true>();
    const first = withLock(path, never, async () => {
      held.resolve(true);
      await secondEnded.promise;
      return ok(1);
    });
    await held.promise;
    const second = withLock(
      path,
      abort.signal,
      async () => ok('never'),
      () => abort.abort(),
    );
    expect(failureOf(await second).code).toBe('aborted');
    secondEnded.resolve(true);
    expect(valueOf(await first)).toBe(1);
  });

  it('fails where another process took it while this one was paused', async () => {
    const path = join(folder, 'lock');
    const result = await withLock(path, never, async (signal) => {
      // As another process leaves it that found it stale: taken, at another time.
      const taken = new Date(Date.now() + 1000);
      await utimes(`${path}.lock`, taken, taken);
      await once(signal, 'abort');
      return ok('not to be trusted');
    });
    expect(failureOf(result)).toMatchObject({
      code: 'io',
      message: expect.stringContaining('another process took its lock') as string,
    });
    expect((await stat(`${path}.lock`)).isDirectory()).toBe(true);
  });

  it('takes it again where it is free after a pause', async () => {
    const path = join(folder, 'lock');
    const result = await withLock(path, never, async (signal) => {
      await rmdir(`${path}.lock`);
      await vi.waitFor(() => stat(`${path}.lock`), { timeout: 8000, interval: 100 });
      return ok(signal.aborted);
    });
    expect(valueOf(result)).toBe(false);
    await expect(stat(`${path}.lock`)).rejects.toThrow('ENOENT');
  });

  it.each(['/proc/x/lock', '/dev/null/lock'])('is a failure where there can be none: %s', async (path) => {
    expect(failureOf(await withLock(path, never, async () => ok(1))).code).toBe('io');
  });

  it('is not held up by an owner that was killed', async () => {
    const path = join(folder, 'lock');
    const outfile = join(folder, 'holder.cjs');
    const entryPoints = [join(__dirname, 'lock-holder.ts')];
    const mainFields = ['module', 'main'];
    await build({ entryPoints, outfile, bundle: true, platform: 'node', mainFields, logLevel: 'error' });
    const holder = spawn(process.execPath, [outfile, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const begin = Date.now();
    // As if it had been killed, and had last renewed its lock, all but two seconds of its time ago.
    const renewed = new Date(begin - 8000);
    await utimes(`${path}.lock`, renewed, renewed);
    let waited = false;
    const result = await withLock(
      path,
      never,
      async () => ok('mine'),
      () => (waited = true),
    );
    expect(valueOf(result)).toBe('mine');
    expect(waited).toBe(true);
    expect(Date.now() - begin).toBeGreaterThan(1500);
    expect(Date.now() - begin).toBeLessThan(5000);
  });
});
