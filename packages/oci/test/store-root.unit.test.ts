import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import { openStore } from '../src/index';
import { storeRoot } from '../src/store/layout';
import { mountTmpfs } from './helpers';

const HELLO = Buffer.from('hello');

describe('the folder of the store', () => {
  it.each([
    [{ IMAGE_STORE: '/a/b', XDG_CACHE_HOME: '/c' }, '/a/b'],
    [{ IMAGE_STORE: '/a/../b/' }, '/b'],
    [{ XDG_CACHE_HOME: '/c', HOME: '/d' }, '/c/image-tooling'],
    [{ XDG_CACHE_HOME: 'c', HOME: '/d' }, '/d/.cache/image-tooling'],
    [{ IMAGE_STORE: '', HOME: '/d' }, '/d/.cache/image-tooling'],
    [{ HOME: '' }, join(userInfo().homedir, '.cache/image-tooling')],
    [{}, join(userInfo().homedir, '.cache/image-tooling')],
  ])('%o', (env, expected) => expect(valueOf(storeRoot(env))).toBe(expected));

  it.each([
    ['~/s', 'IMAGE_STORE="$HOME/s"', 'the shell did not expand'],
    ['~', 'IMAGE_STORE="$HOME"', 'the shell did not expand'],
    ['~me/s', 'Write the full path.', 'the shell did not expand'],
    ['store', 'IMAGE_STORE="$PWD/store"', 'not an absolute path.'],
  ])("can't be IMAGE_STORE=%s", (text, hint, message) => {
    const [failure] = failuresOf(storeRoot({ IMAGE_STORE: text }));
    expect(failure).toMatchObject({ code: 'usage' });
    expect(failure.hint).toContain(hint);
    expect(failure.message).toContain(message);
  });

  it.each(['/proc/x', '/proc', '/dev/null', '/proc/self/status', '/sys/x/y'])("can't be %s", async (root) => {
    expect(failuresOf(await openStore(root))[0]).toMatchObject({
      code: 'io',
      message: expect.stringContaining(`The store can't be in ${root}: `) as string,
      hint: expect.stringContaining('IMAGE_STORE') as string,
    });
  });

  it('can be read-only', async ({ skip }) => {
    const folder = mountTmpfs();
    if (!folder) skip('needs root, to mount a small tmpfs');
    const store = valueOf(await openStore(folder!));
    const { digest } = valueOf(await store.putBlobFromBytes(HELLO));
    execFileSync('mount', ['-o', 'remount,ro', folder!]);
    expect(failuresOf(await openStore(folder!))[0]).toMatchObject({ code: 'io', path: folder });
    const read = valueOf(await openStore(folder!, { readOnly: true }));
    expect(valueOf(await read.readBlob(digest))).toEqual(HELLO);
  });
});
