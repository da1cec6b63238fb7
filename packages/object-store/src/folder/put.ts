import { randomBytes } from 'node:crypto';
import { link, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { discard, Fault, isErrno, makeFolder } from '@image-tooling/host';
import { exactBytes } from '../object/exact-bytes';
import type { NewObject, PutOptions } from '../object/port';
import { removeStaleUploads, UPLOADS } from './uploads';

interface Put {
  readonly root: string;
  readonly path: string;
  readonly object: NewObject;
  readonly options: PutOptions | undefined;
}

/** Writes a temporary file, and links it to `path` unless that exists: a link never replaces a file, a rename does. */
export async function putFile({ root, path, object, options = {} }: Put): Promise<'stored' | 'exists'> {
  await removeStaleUploads(root);
  const temporary = join(root, UPLOADS, `${process.pid}-${randomBytes(8).toString('hex')}`);
  try {
    await makeFolder(dirname(temporary));
    await writeAll(temporary, exactBytes(object, options.signal));
    await makeFolder(dirname(path));
    if (options.replaces !== true) return await linkOnce(temporary, path);
    await rename(temporary, path);
    return 'stored';
  } finally {
    await discard(temporary);
  }
}

async function writeAll(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    for await (const piece of pieces) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function linkOnce(temporary: string, path: string): Promise<'stored' | 'exists'> {
  try {
    await link(temporary, path);
    return 'stored';
  } catch (error) {
    if (isErrno(error) && error.code === 'EEXIST') return 'exists';
    throw isErrno(error) && NO_LINKS.has(error.code ?? '') ? withoutLinks(path) : error;
  }
}

/** What link(2) fails with on file systems without hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

function withoutLinks(path: string): Fault {
  return new Fault({
    code: 'io',
    message: `${path} could not be stored: its file system has no hard links.`,
    hint: 'Use a folder on a local disk or NFS, or an S3 bucket.',
  });
}
