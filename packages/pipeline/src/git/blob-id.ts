import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * How git names contents (gitformat-objects): the hash of "blob", their length and a NUL byte before them.
 */
export type ObjectFormat = 'sha1' | 'sha256';

/** Returns git's object id of bytes. */
export function blobIdOf(bytes: Uint8Array, format: ObjectFormat): string {
  return started(bytes.length, format).update(bytes).digest('hex');
}

/** Returns git's object id of a file's content, without filters. */
export async function blobIdOfFile(
  path: string | Buffer,
  size: number,
  format: ObjectFormat,
): Promise<string> {
  const hash = started(size, format);
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function started(size: number, format: ObjectFormat): Hash {
  return createHash(format).update(`blob ${size}\0`);
}
