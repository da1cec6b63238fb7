import { open, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { caught, isErrno } from '@image-tooling/host';
import { checkStopped } from '../object/exact-bytes';
import { checkKey } from '../object/key';
import type { GetOptions, ObjectStore, StoredObject } from '../object/port';
import { listFolder } from './list';
import { putFile } from './put';

/**
 * Opens a folder as a store; it is created by the first write. Several processes, also of several machines, may use it
 * if its file system has hard links. Failures are `disk-full` and `io`.
 */
export function openFolderStore(folder: string): ObjectStore {
  const root = resolve(folder);
  const pathOf = (key: string): string => {
    checkKey(key);
    return join(root, key);
  };
  return {
    name: root,
    get: (key, options) => caught(root, () => readObject(pathOf(key), options)),
    put: (key, object, options) =>
      caught(root, () => putFile({ root, path: pathOf(key), object, signal: options?.signal })),
    list: (prefix) => listFolder(root, prefix),
    delete: (key) => caught(root, () => rm(pathOf(key), { force: true })),
    close: () => Promise.resolve(),
  };
}

async function readObject(path: string, options: GetOptions = {}): Promise<StoredObject | undefined> {
  const { mostBytes, signal } = options;
  checkStopped(signal);
  const file = await open(path).catch(ignoreMissing);
  if (!file) return undefined;
  const found = await file.stat();
  if (!found.isFile()) {
    await file.close();
    return undefined;
  }
  const end = mostBytes === undefined ? undefined : mostBytes - 1;
  const body = file.createReadStream({ ...(end !== undefined && { end }), ...(signal && { signal }) });
  return { size: found.size, body, path };
}

function ignoreMissing(error: unknown): undefined {
  if (isErrno(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
  throw error;
}
