import { execFileSync } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '@image-tooling/testkit/helpers';
import { openLayoutFolder } from '../src/registry/layout/open';
import { firstFailure } from './helpers';
import { blobOf } from './registry-helpers';

/** A folder on a disk of one megabyte; undefined where none can be mounted. */
function smallDisk(options: string): string | undefined {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', [folder]));
  return folder;
}

it.for([
  ['size=1m', 'disk-full', 'No space left in the target folder', 'name a folder on a larger disk'],
  ['size=1m,ro', 'io', "can't be used: ", 'Make it readable and writable for this user'],
] as const)(
  'a copy to a folder on a disk with %s says which folder',
  async ([options, code, says, advice], { skip }) => {
    const folder = smallDisk(options);
    if (folder === undefined) return skip('needs root, to mount a small tmpfs');
    const path = `${folder}/layout`;
    const layout = openLayoutFolder(path);
    const failure = firstFailure(await layout.pushBlob(blobOf(Buffer.alloc(2_000_000, 'x'))));
    await layout.close();
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(path);
    expect(failure.message).toContain(says);
    expect(failure.hint).toContain(advice);
    expect(failure.hint).not.toContain('IMAGE_STORE');
  },
);
