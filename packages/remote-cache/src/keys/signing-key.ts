import { resolve } from 'node:path';
import { PASSPHRASE_VARIABLE, readPrivateKey } from '@image-tooling/attest/key-file';
import { readRegularFile } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import type { EntrySigner } from '../entry/sign';
import { isEd25519, keyIdOf } from './key-id';
import { KEY_FOLDER, wrongKind, type TrustedKey } from './trusted-keys';

/** Name of the variable with the private key in PEM, or the path of its file. */
export const KEY_VARIABLE = 'IMAGE_CACHE_KEY';

const MOST_KEY_BYTES = 16_384;

/**
 * Returns what signs entries; undefined without IMAGE_CACHE_KEY. Fails with `signing-failed`, `usage` or `io` if the
 * key can't be used, or if its public key is not one of `trusted`: no reader would accept its entries.
 */
export async function openEntrySigner(
  root: string,
  env: NodeJS.ProcessEnv,
  trusted: readonly TrustedKey[],
): Promise<Result<EntrySigner | undefined>> {
  const given = env[KEY_VARIABLE]?.trim() ?? '';
  if (given === '') return ok(undefined);
  const isPem = given.includes('-----BEGIN');
  const from = isPem ? KEY_VARIABLE : given;
  const pem = isPem ? ok(given) : await readKeyFile(resolve(root, given));
  if (!pem.ok) return pem;
  const key = readPrivateKey(pem.value, env[PASSPHRASE_VARIABLE], from);
  if (!key.ok) return key;
  if (!isEd25519(key.value)) return fail(wrongKind(from));
  const keyId = keyIdOf(key.value);
  const name = trusted.find(({ id }) => id === keyId)?.name;
  return name === undefined ? untrusted(from) : ok({ key: key.value, keyId, name });
}

async function readKeyFile(path: string): Promise<Result<string>> {
  const read = await readRegularFile(path, MOST_KEY_BYTES);
  if (!read.ok) return read;
  if (read.value) return ok(read.value.toString());
  return fail({
    code: 'usage',
    message: `${KEY_VARIABLE} names ${path}, which does not exist.`,
    hint: `Put the private key there, or in ${KEY_VARIABLE} itself (PEM). Without it, the cache is only read.`,
  });
}

function untrusted(from: string): Result<never> {
  return fail({
    code: 'usage',
    message: `The public key of ${from} is not in ${KEY_FOLDER}: entries signed with it would be refused everywhere.`,
    hint: `Commit it as ${KEY_FOLDER}/<name>.pub; "image-tooling cache keygen" writes both files.`,
  });
}
