import { join, resolve } from 'node:path';
import { caught } from '@image-tooling/host';
import { checkKey } from '../object/key';
import type { ObjectStore } from '../object/port';
import { Deletions } from './delete';
import { listFolder } from './list';
import { putFile } from './put';
import { readObject } from './read';

/**
 * Opens a folder as a store; it is created by the first write. Several processes, also of several machines, may use it
 * if its file system has hard links. Failures are `disk-full` and `io`.
 */
export function openFolderStore(folder: string): ObjectStore {
  const root = resolve(folder);
  const deletions = new Deletions(root);
  const pathOf = (key: string): string => {
    checkKey(key);
    return join(root, key);
  };
  return {
    name: root,
    get: (key, options) => caught(root, () => readObject(pathOf(key), options)),
    put: (key, object, options) => caught(root, () => putFile({ root, path: pathOf(key), object, options })),
    list: (prefix) => listFolder(root, prefix),
    delete: (key) => caught(root, () => deletions.delete(pathOf(key))),
    close: () => deletions.finish(),
  };
}
