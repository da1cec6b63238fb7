import { join, resolve } from 'node:path';
import { ok, type Failure, type Result, type SigningOptions } from '@image-tooling/model';
import { PASSPHRASE_VARIABLE, type SigningSettings } from '@image-tooling/attest';
import type { Session } from '../session';
import { readTextFile } from './text-file';

/** Name of the variable with a private key in PEM, or the path of its file; it replaces "key" of nx.json. */
export const KEY_VARIABLE = 'IMAGE_SIGNING_KEY';

interface Place extends Pick<Session, 'root' | 'env'> {
  readonly options: Pick<Session['options'], 'signing'>;
}

/**
 * Returns what images of a workspace are signed with; undefined if nx.json has no "signing". Fails with
 * `signing-failed` if a file of it can't be read.
 */
export async function signingSettings({
  root,
  env,
  options: { signing },
}: Place): Promise<Result<SigningSettings | undefined>> {
  if (!signing) return ok(undefined);
  return signing.keyless ? keylessSettings(root, env, signing.keyless) : keySettings(root, env, signing);
}

async function keySettings(
  root: string,
  env: NodeJS.ProcessEnv,
  { key = '' }: SigningOptions,
): Promise<Result<SigningSettings>> {
  const given = env[KEY_VARIABLE]?.trim() ?? '';
  const passphrase = env[PASSPHRASE_VARIABLE];
  if (given.includes('-----BEGIN'))
    return ok({ kind: 'key', privateKey: given, passphrase, from: KEY_VARIABLE });
  const path = given === '' ? key : given;
  const file = resolve(root, path);
  const hint = `Put the private key there, or in ${KEY_VARIABLE} (PEM, or a path).`;
  const read = await readTextFile(file, missingFile(file, hint));
  return read.ok ? ok({ kind: 'key', privateKey: read.value, passphrase, from: path }) : read;
}

async function keylessSettings(
  root: string,
  env: NodeJS.ProcessEnv,
  { identity, issuer, trustedRoot, fulcio, rekor }: NonNullable<SigningOptions['keyless']>,
): Promise<Result<SigningSettings>> {
  const file = join(root, trustedRoot);
  const read = await readTextFile(file, missingFile(file, 'Make it: cosign trusted-root create --help'));
  if (!read.ok) return read;
  const token = env['SIGSTORE_ID_TOKEN']?.trim();
  return ok({
    kind: 'keyless',
    policy: { kind: 'certificate', identity, issuer, trustedRoot: read.value },
    fulcio,
    rekor,
    ...(token && { token }),
  });
}

function missingFile(file: string, hint: string): Failure {
  return {
    code: 'signing-failed',
    message: `Images are signed here ("signing" in nx.json), but ${file} does not exist.`,
    hint,
  };
}
