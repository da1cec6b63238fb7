import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { generateEd25519KeyPair, PASSPHRASE_VARIABLE } from '@image-tooling/attest/key-file';
import { writeFileAtomic } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { KEY_VARIABLE } from '../keys/signing-key';
import { KEY_FOLDER, PULL_REQUEST_FOLDER } from '../keys/trusted-keys';
import type { CacheEnding, CacheRun } from './types';

/** Of the private key: only its owner may read it. */
const PRIVATE_MODE = 0o600;

/** Makes a key to sign entries with, where readers look for it. */
export async function keygen({ flags, root, env }: CacheRun): Promise<Result<CacheEnding>> {
  const { name = 'ci', file = 'cache.key' } = flags;
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name))
    return usage(`"${name}" is not a name of a key.`, 'Use lower-case letters, digits, "-", "_" and ".".');
  const isForPulls = flags['pull-requests'] === true;
  const publicFile = `${isForPulls ? PULL_REQUEST_FOLDER : KEY_FOLDER}/${name}.pub`;
  const privatePath = isAbsolute(file) ? file : join(root, file);
  const taken = [privatePath, join(root, publicFile)].find((path) => existsSync(path));
  if (taken !== undefined)
    return usage(
      `${taken} is already there; a key is never overwritten.`,
      'Choose another --name and --file.',
    );
  const passphrase = env[PASSPHRASE_VARIABLE];
  const pair = generateEd25519KeyPair(passphrase);
  const kept = await writeFileAtomic(privatePath, pair.privateKey, PRIVATE_MODE);
  const published = kept.ok ? await writeFileAtomic(join(root, publicFile), pair.publicKey) : kept;
  if (!published.ok) return published;
  return ok({
    lines: said(privatePath, publicFile, { isEncrypted: passphrase !== undefined, isForPulls }),
    isGood: true,
  });
}

function said(
  privatePath: string,
  publicFile: string,
  { isEncrypted, isForPulls }: { readonly isEncrypted: boolean; readonly isForPulls: boolean },
): string[] {
  const encrypted = isEncrypted ? 'encrypted' : `not encrypted: ${PASSPHRASE_VARIABLE} is not set`;
  const who = isForPulls ? 'of pull requests, with IMAGE_CACHE_TRUST=pull-requests' : 'of protected branches';
  return [
    `${privatePath}  private key, ${encrypted}. Never commit it.`,
    `${publicFile}  public key. Commit it: all machines then accept entries signed with the private key.`,
    `Give the private key to CI jobs ${who}, as the secret ${KEY_VARIABLE}, and delete the file.`,
  ];
}

function usage(message: string, hint: string): Result<never> {
  return fail({ code: 'usage', message, hint });
}
