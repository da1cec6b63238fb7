import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok } from '@image-tooling/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { goPaths, inTemporaryFolder } from '../src/go/paths';

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'go-paths-'));
});
afterEach(() => rm(cache, { recursive: true }));

describe('a temporary folder of Go', () => {
  it('exists during the work, and is removed after it', async () => {
    const used = await inTemporaryFolder(goPaths(cache), 'lock', async (folder) => {
      await writeFile(join(folder, 'file'), '');
      return ok(folder);
    });
    expect(used).toMatchObject({ ok: true });
    expect(used.ok && existsSync(used.value)).toBe(false);
  });

  it("is a failure if it can't be created, or a file in it can't be written", async () => {
    const nothing = () => Promise.resolve(ok(undefined));
    const inFile = (folder: string) => writeFile(join(folder, 'none', 'file'), '').then(() => ok(undefined));
    const failures = [{ code: 'io' }];
    expect(await inTemporaryFolder(goPaths(cache), 'lock', inFile)).toMatchObject({ ok: false, failures });
    await rm(join(cache, 'go'), { recursive: true });
    await writeFile(join(cache, 'go'), 'a file');
    expect(await inTemporaryFolder(goPaths(cache), 'lock', nothing)).toMatchObject({ ok: false, failures });
  });

  it('is removed after a bug, which is rethrown', async () => {
    let used = '';
    const work = async (folder: string) => {
      used = folder;
      throw new TypeError('a bug');
    };
    await expect(inTemporaryFolder(goPaths(cache), 'lock', work)).rejects.toThrow('a bug');
    expect(existsSync(used)).toBe(false);
  });
});
