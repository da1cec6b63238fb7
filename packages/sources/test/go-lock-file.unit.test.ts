import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { definitionDigest, readGoLock, type LockedGo } from '../src/go/lock/lock-file';

const tool = {
  name: 'hello',
  version: '1.2.3',
  package: 'example.invalid/hello',
  module: 'example.invalid/hello',
};
const SHA256 = 'a'.repeat(64);
const SUMS = 'example.invalid/hello v1.2.3 h1:zip=\n';
const go: LockedGo = {
  module: tool.module,
  version: 'v1.2.3',
  time: 5,
  toolchain: '1.27.3',
  definition: definitionDigest(tool),
};

describe('the lock of a tool from Go modules', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'go-lock-'));
    await writeFile(join(folder, 'go.mod'), 'module x\n');
    await writeFile(join(folder, 'go.sum'), SUMS);
    await writeFile(join(folder, 'lock.json'), JSON.stringify({ lockVersion: 1, version: tool.version, go }));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('is read back as it was written', async () => {
    expect(await readGoLock(folder, tool, '1.27.3')).toEqual({
      ok: true,
      value: { go, goMod: 'module x\n', goSum: SUMS },
    });
  });

  it.each([
    ['version', { ...tool, version: '1.2.4' }, '1.27.3', 'it holds v1.2.3, tool.json says 1.2.4'],
    [
      'package',
      { ...tool, package: 'example.invalid/hello/cmd' },
      '1.27.3',
      'module, package or replace have changed',
    ],
    ['replace', { ...tool, replace: { '*': 'v1.0.0' } }, '1.27.3', 'module, package or replace have changed'],
    ['toolchain', tool, '1.28.0', 'it is for Go 1.27.3, now Go 1.28.0 is pinned'],
  ])('is stale when the %s has changed', async (_, moved, toolchain, why) => {
    const result = await readGoLock(folder, moved, toolchain);
    expect(!result.ok && result.failures[0]).toMatchObject({
      code: 'lock-stale',
      message: expect.stringContaining(why) as string,
      hint: 'Run "npx nx run hello:lock" and commit what it changes.',
    });
  });

  it('is stale when go.sum does not have the module itself', async () => {
    await writeFile(join(folder, 'go.sum'), 'other.invalid/x v1.2.3 h1:zip=\n');
    const result = await readGoLock(folder, tool, '1.27.3');
    expect(!result.ok && result.failures[0]).toMatchObject({
      code: 'lock-stale',
      message: expect.stringContaining('go.sum has no entry for example.invalid/hello') as string,
    });
  });

  it('is missing when any of its files is, which is named', async () => {
    await rm(join(folder, 'go.mod'));
    await rm(join(folder, 'go.sum'));
    const result = await readGoLock(folder, tool, '1.27.3');
    expect(!result.ok && result.failures.map(({ code, message }) => [code, message])).toEqual([
      ['lock-missing', `${join(folder, 'go.mod')} does not exist: hello is not locked.`],
      ['lock-missing', `${join(folder, 'go.sum')} does not exist: hello is not locked.`],
    ]);
  });

  it('is reported as tampered with if its format is not ours', async () => {
    await writeFile(join(folder, 'lock.json'), '{"lockVersion": 1, "version": "1.2.3", "gone": 1}');
    const result = await readGoLock(folder, tool, '1.27.3');
    expect(!result.ok && result.failures[0].code).toBe('lock-tampered');
  });

  it.each([
    ['its Go', { toolchain: 'go1.99', wheels: { amd64: { sha256: SHA256 }, arm64: { sha256: SHA256 } } }],
    ['a raised module', { raised: { 'example.invalid/word': '1.1.0' } }],
  ])('is reported as tampered with if the version of %s is invalid', async (_, altered) => {
    const lock = { lockVersion: 1, version: tool.version, go: { ...go, ...altered } };
    await writeFile(join(folder, 'lock.json'), JSON.stringify(lock));
    const result = await readGoLock(folder, tool, '1.27.3');
    expect(!result.ok && result.failures[0].code).toBe('lock-tampered');
  });
});
