import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { formatFailure } from '@image-tooling/model';
import { valueOf } from '@image-tooling/testkit/helpers';
import { readRegularFile } from '../src';
import { failureOf } from './help';

const folder = mkdtempSync(join(tmpdir(), 'read-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

mkdirSync(at('folder'));
execFileSync('mkfifo', [at('pipe')]);
symlinkSync('loop', at('loop'));
writeFileSync(at('file'), 'text');

it('reads a file, and returns undefined for a missing one', async () => {
  expect(valueOf(await readRegularFile(at('file'), 4))?.toString()).toBe('text');
  expect(valueOf(await readRegularFile(at('none'), 4))).toBeUndefined();
});

it.each([
  ['folder', 'io', 'it is a folder'],
  ['pipe', 'io', 'it is a pipe, a socket or a device'],
  ['loop', 'io', 'it is a symbolic link to itself'],
  ['file/below', 'io', 'a parent folder is a file'],
  ['file', 'too-large', 'it has 4 bytes, and at most 3 are read'],
])('says why a %s can not be read, and waits for nothing', async (name, code, why) => {
  const failure = failureOf(await readRegularFile(at(name), 3));
  expect(formatFailure(failure).replaceAll(folder, '')).toBe(
    `error: /${name} can't be read: ${why}. (${code})\n  /${name}\n  help: Put the right file there, or remove what is there.`,
  );
});
