import { ioFailure } from '@image-tooling/host';
import { expect, it } from 'vitest';
import { withStoreAdvice } from '../src/store-advice';

const refused = (code: string, path: string) =>
  withStoreAdvice([ioFailure(Object.assign(new Error(code), { code }), path)], '/home/me/store')[0]?.hint;

it.each([
  ['ENOSPC', '/home/me/store/tmp/blob', 'Free space there ("image-tooling store prune"), or set IMAGE_STORE'],
  ['EROFS', '/home/me/store', 'Set IMAGE_STORE to a writable folder.'],
  ['ENOSPC', '/media/stick/archive.tar', 'Free space on that disk, or write to another one.'],
  ['ENOSPC', '/home/me/store.tar', 'Free space on that disk, or write to another one.'],
  ['EACCES', '/workspace/images/base/lock.json', 'Give your user access to it, or write to another place.'],
  ['EDQUOT', 'standard output', 'Your disk quota is used up: remove files, or write to another disk.'],
])('%s of %s has a hint for that place', (code, path, advice) => {
  expect(refused(code, path)).toContain(advice);
});

it('keeps the hint of failures that are unrelated to a place', () => {
  expect(refused('ENOENT', '/home/me/store/blobs/sha256/x')).toBeUndefined();
});
