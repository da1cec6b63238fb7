import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cleanFailures, fuzz, mutatedJson, mutatedValues, watchedFolder } from '../src/fuzz';

const target = (check: (value: number) => unknown) => ({
  name: 'numbers',
  runs: 100,
  values: fc.nat({ max: 1000 }),
  check,
  show: String,
});

describe('a run finds', () => {
  it('the smallest value that fails, and says how to repeat it', async () => {
    const check = (value: number) => expect(value).toBeLessThan(500);
    await expect(fuzz(target(check), 'short')).rejects.toThrow(/IMAGE_FUZZ_SEED=1, numbers: 500$/);
  });

  it('uncaught errors', async () => {
    const check = async (value: number) => {
      if (value > 500) process.emit('unhandledRejection', new Error('lost'), Promise.resolve());
    };
    const failed = await fuzz(target(check), 'short').catch((error: unknown) => error);
    expect(failed).toMatchObject({ cause: { message: 'an uncaught error' } });
  });

  it('memory that grows with the number of cases', async () => {
    const kept: Buffer[] = [];
    const check = () => kept.push(Buffer.alloc(2 * 1024 ** 2));
    await expect(fuzz(target(check), 'short')).rejects.toThrow('bytes are kept after all cases');
  });

  it('nothing if nothing is wrong, after as many cases as were asked for', async () => {
    const quiet = target(() => undefined);
    expect(await fuzz(quiet, 'short')).toBe(quiet.runs);
  });
});

it('failures are fit for users, or show a bug', () => {
  const failed = (message: string) => () => cleanFailures({ ok: false, failures: [{ code: 'io', message }] });
  expect(failed('No space left.')).not.toThrow();
  for (const message of ['', 'TypeError: x', 'a\n    at x.js:1:2', 'an [object Object]'])
    expect(failed(message)).toThrow();
});

it('a watched folder detects writes around it', async () => {
  const folder = await watchedFolder();
  onTestFinished(() => folder.remove());
  await writeFile(join(folder.path, 'inside'), '');
  await folder.check();
  await writeFile(join(folder.path, '../outside'), '');
  await expect(folder.check()).rejects.toThrow('outside');
  await rm(join(folder.path, '../outside'));
  await writeFile(join(folder.path, '../../../../guard'), 'other');
  await expect(folder.check()).rejects.toThrow('outside of the folder');
});

it('changed documents differ, and those of values can be read', () => {
  const source = '{ "a": [1, { "b": "c" }], "d": null }';
  const values = fc.sample(mutatedValues([source]), { seed: 1, numRuns: 200 });
  for (const text of values) expect(() => void JSON.parse(text)).not.toThrow();
  expect(new Set(values).size).toBeGreaterThan(100);
  const texts = fc.sample(mutatedJson([source]), { seed: 1, numRuns: 200 });
  expect(new Set(texts).size).toBeGreaterThan(100);
});
