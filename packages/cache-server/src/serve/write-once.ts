import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '@image-tooling/model';
import { bytesObject, type ObjectStore } from '@image-tooling/object-store';

/**
 * Checks that a store keeps the first object of a key: an S3 server that ignores `If-None-Match` would let everyone
 * with write access replace entries. Fails with `usage`, or as the store does.
 */
export async function checkWriteOnce(store: ObjectStore): Promise<Result<void>> {
  const key = `probe/${randomBytes(12).toString('hex')}`;
  const first = await store.put(key, bytesObject(Buffer.from('first')));
  if (!first.ok) return first;
  const second = await store.put(key, bytesObject(Buffer.from('second')));
  const deleted = await store.delete(key);
  if (!second.ok) return second;
  if (!deleted.ok) return deleted;
  if (first.value === 'stored' && second.value === 'exists') return ok(undefined);
  return fail({
    code: 'usage',
    message: `${store.name} overwrites objects: it ignores "If-None-Match: *".`,
    hint: 'Use a server that knows conditional writes (Amazon S3 does), or a folder.',
  });
}
