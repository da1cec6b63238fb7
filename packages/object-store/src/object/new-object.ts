import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { NewObject } from './port';

/** Returns the object for bytes in memory. */
export function bytesObject(bytes: Uint8Array): NewObject {
  return {
    size: bytes.byteLength,
    async *open() {
      yield bytes;
    },
  };
}

/** Returns the object for a file, which must not change. Throws file system errors. */
export async function fileObject(path: string, sha256?: string): Promise<NewObject> {
  const { size } = await stat(path);
  return { size, ...(sha256 !== undefined && { sha256 }), open: () => createReadStream(path) };
}
