import type { KeyObject } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readPublicKey } from '@image-tooling/attest/key-file';
import { isErrno, readRegularFile } from '@image-tooling/host';
import { fail, failWith, ok, type Failure, type Result } from '@image-tooling/model';
import { isEd25519, keyIdOf } from './key-id';

/** Folder of the public keys that entries may be signed with, in the workspace. */
export const KEY_FOLDER = 'trust/cache';
/** Keys that count only in jobs of pull requests. */
export const PULL_REQUEST_FOLDER = 'trust/cache/pull-requests';

/** A public key that entries may be signed with. */
export interface TrustedKey {
  readonly id: string;
  /** File name without ".pub". */
  readonly name: string;
  readonly key: KeyObject;
}

const MOST_KEY_BYTES = 16_384;

/**
 * Reads the trusted keys of a workspace: trust/cache/*.pub, and with `pullRequests` those of the folder for pull
 * requests. Returns none if there is no such folder. Fails with `usage` or `io` for each file that is not an Ed25519
 * public key.
 */
export async function readTrustedKeys(root: string, pullRequests: boolean): Promise<Result<TrustedKey[]>> {
  const folders = pullRequests ? [KEY_FOLDER, PULL_REQUEST_FOLDER] : [KEY_FOLDER];
  const keys: TrustedKey[] = [];
  const failures: Failure[] = [];
  for (const folder of folders)
    for (const name of await keyFiles(join(root, folder))) {
      const read = await readKey(root, `${folder}/${name}`);
      if (read.ok) keys.push({ ...read.value, name: name.slice(0, -ENDING.length) });
      else failures.push(...read.failures);
    }
  return failures.length > 0 ? failWith(failures) : ok(keys);
}

const ENDING = '.pub';

async function keyFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(ENDING)).sort();
  } catch (error) {
    if (isErrno(error) && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function readKey(root: string, file: string): Promise<Result<Omit<TrustedKey, 'name'>>> {
  const read = await readRegularFile(join(root, file), MOST_KEY_BYTES);
  if (!read.ok) return read;
  const key = readPublicKey((read.value ?? '').toString(), file);
  if (!key.ok) return key;
  return isEd25519(key.value) ? ok({ id: keyIdOf(key.value), key: key.value }) : fail(wrongKind(file));
}

/** Returns the failure for a key of another kind. */
export function wrongKind(file: string): Failure {
  return {
    code: 'usage',
    message: `The key in ${file} is not an Ed25519 key: cache entries are signed with those only.`,
    hint: 'Make one: image-tooling cache keygen',
  };
}
