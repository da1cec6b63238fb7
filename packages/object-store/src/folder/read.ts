import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { isErrno } from '@image-tooling/host';
import { checkStopped } from '../object/exact-bytes';
import type { GetOptions, StoredObject } from '../object/port';
import { ignoreMissing } from './missing';

/** A smaller object is read at once, which takes a third of the time of a stream. */
const SMALL_BYTES = 65_536;

/** Reads an object; undefined if there is no file. Throws file system errors. */
export async function readObject(path: string, options: GetOptions = {}): Promise<StoredObject | undefined> {
  checkStopped(options.signal);
  const file = await open(path).catch((error: unknown) => ignoreMissing(error, undefined));
  if (!file) return undefined;
  try {
    return await readFile(file, path, options);
  } catch (error) {
    await file.close();
    if (isErrno(error) && error.code === 'EISDIR') return undefined;
    throw error;
  }
}

async function readFile(
  file: FileHandle,
  path: string,
  { mostBytes, signal }: GetOptions,
): Promise<StoredObject | undefined> {
  const wanted = Math.min(mostBytes ?? SMALL_BYTES, SMALL_BYTES);
  const beginning = await readBeginning(file, wanted);
  if (beginning.length < wanted) {
    // Not awaited: what was read is complete.
    void file.close().catch(() => undefined);
    return { size: beginning.length, bytes: beginning, body: streamOf(beginning), path };
  }
  const found = await file.stat();
  if (!found.isFile()) {
    await file.close();
    return undefined;
  }
  if (mostBytes === wanted) {
    await file.close();
    return { size: found.size, body: streamOf(beginning), path };
  }
  const end = mostBytes === undefined ? {} : { end: mostBytes - 1 };
  const body = file.createReadStream({ start: 0, ...end, ...(signal && { signal }) });
  return { size: found.size, body, path };
}

/** Buffers that no read uses: each would otherwise be new memory, which is collected late. */
const free: Buffer[] = [];

/** Returns the first bytes of a file; fewer than wanted if it has no more. */
async function readBeginning(file: FileHandle, wanted: number): Promise<Buffer> {
  const buffer = free.pop() ?? Buffer.allocUnsafe(SMALL_BYTES);
  try {
    const { bytesRead } = await file.read(buffer, 0, wanted, 0);
    return Buffer.from(buffer.subarray(0, bytesRead));
  } finally {
    free.push(buffer);
  }
}

/** `Readable.from` would take an object for each call of an iterator. */
function streamOf(bytes: Buffer): Readable {
  const stream = new Readable({ read: () => undefined });
  if (bytes.length > 0) stream.push(bytes);
  stream.push(null);
  return stream;
}
