import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Platform, Result } from '@image-tooling/model';
import { failuresOf } from '@image-tooling/testkit/helpers';
import { openEngine } from '../src';
import { checkPrerequisites } from '../src/buildah/prerequisites';
import { neededPrograms } from '../src/buildah/programs';
import { checkPlatform } from '../src/platforms';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engines-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('openEngine', () => {
  it('refuses an unknown engine, and lists the known ones', async () => {
    const [failure] = failuresOf(await openEngine({ env: { IMAGE_ENGINE: 'docker' }, storeRoot: folder }));
    expect(failure).toMatchObject({ code: 'usage' });
    expect(failure.message).toContain('auto, buildah, dagger');
  });

  it('opens nothing where the signal was aborted', async () => {
    const signal = AbortSignal.abort();
    expect(failuresOf(await openEngine({ env: process.env, storeRoot: folder, signal }))[0].code).toBe(
      'aborted',
    );
  });
});

describe('checkPrerequisites', () => {
  it('names everything that is missing at once, with the package of each', async () => {
    const user = { id: 54321, name: 'unknown-user' };
    const failures = failuresOf(await checkPrerequisites({ PATH: folder }, user));
    const text = failures.map(({ message, hint }) => `${message} ${hint}`).join('\n');
    expect(failures.every(({ code }) => code === 'no-engine')).toBe(true);
    for (const word of [
      'buildah',
      'newuidmap',
      'package uidmap',
      '/etc/subuid',
      '/etc/subgid',
      '--add-subuids',
    ])
      expect(text).toContain(word);
  });

  it('says if buildah is installed but does not run', async () => {
    for (const name of Object.keys(neededPrograms({ isRoot: true })))
      await writeFile(join(folder, name), '#!/bin/sh\necho broken library >&2; exit 127\n', { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env['PATH']}` };
    const [failure] = failuresOf(await checkPrerequisites(env, { id: 0, name: 'root' }));
    expect(failure).toMatchObject({ code: 'no-engine', details: ['broken library'] });
  });
});

describe('bootstrap', () => {
  it('installs all packages whose programs the engine needs', async () => {
    const script = await readFile(resolve(__dirname, '../../../bootstrap'), 'utf8');
    const [, needs = ''] = /^readonly BUILD_NEEDS='([^']*)'/m.exec(script) ?? [];
    const packages = needs.split(/\s+/).map((need) => need.split(':')[1]);
    expect(packages).toEqual(expect.arrayContaining(Object.values(neededPrograms({ isRoot: false }))));
  });
});

describe('checkPlatform', () => {
  const own: Platform = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64';
  const other: Platform = own === 'linux/arm64' ? 'linux/amd64' : 'linux/arm64';
  const machine = other === 'linux/arm64' ? 'b700' : '3e00';
  const entry = (state: string, flags: string): string =>
    `${state}\ninterpreter /usr/bin/qemu\nflags: ${flags}\noffset 0\nmagic 7f454c460201010000000000000000000200${machine}\n`;
  const check = async (text: string, platform = other): Promise<Result<void>> => {
    await writeFile(join(folder, 'qemu-other'), text);
    return checkPlatform(platform, folder);
  };

  it("runs the machine's own platform without any emulator", async () => {
    expect((await checkPlatform(own, join(folder, 'none'))).ok).toBe(true);
  });

  it('runs the other with an emulator that containers find', async () => {
    expect((await check(entry('enabled', 'PF'))).ok).toBe(true);
  });

  it.each([
    ['is disabled', entry('disabled', 'PF')],
    ['has no flag F', entry('enabled', 'P')],
    ['is for another processor', entry('enabled', 'F').replace(machine, 'f300')],
  ])('does not where the emulator %s', async (_, text) => {
    const [failure] = failuresOf(await check(text));
    expect(failure).toMatchObject({ code: 'platform' });
    expect(failure.hint).toContain('./bootstrap --all-platforms');
  });
});
