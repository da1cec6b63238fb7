import { resolve } from 'node:path';
import { fail, ok, type Result } from '@image-tooling/model';
import { readPublicKey, type TrustPolicy } from '@image-tooling/attest';
import { readTextFile } from '../attest/text-file';

/** The options that say whom to trust. */
export interface TrustOptions {
  /** File of a public key. */
  readonly key?: string | undefined;
  readonly identity?: string | undefined;
  readonly issuer?: string | undefined;
  readonly trustedRoot?: string | undefined;
}

/**
 * Returns whose signatures are trusted. Fails with `usage` if the options are not either a key or all three of an
 * identity.
 *
 * @param cwd what relative paths start from
 */
export async function trustPolicy(options: TrustOptions, cwd: string): Promise<Result<TrustPolicy>> {
  const { key, identity, issuer, trustedRoot } = options;
  const others = [identity, issuer, trustedRoot];
  if (key !== undefined)
    return others.every((one) => one === undefined)
      ? keyPolicy(key, cwd)
      : notOne('both a key and an identity');
  if (identity === undefined || issuer === undefined || trustedRoot === undefined)
    return notOne(others.every((one) => one === undefined) ? 'no signer' : 'only a part of an identity');
  const root = await textOf(trustedRoot, cwd);
  return root.ok ? ok({ kind: 'certificate', identity, issuer, trustedRoot: root.value }) : root;
}

async function keyPolicy(file: string, cwd: string): Promise<Result<TrustPolicy>> {
  const publicKey = await textOf(file, cwd);
  if (!publicKey.ok) return publicKey;
  const read = readPublicKey(publicKey.value, file);
  return read.ok ? ok({ kind: 'key', publicKey: publicKey.value }) : read;
}

/** The options that name a second party. */
export type SecondPartyOptions = TrustOptions;

/**
 * Returns whose verification summaries are asked for; undefined for none. Fails as `trustPolicy` does.
 *
 * @param cwd what relative paths start from
 */
export async function secondPartyPolicy(
  options: SecondPartyOptions,
  cwd: string,
): Promise<Result<TrustPolicy | undefined>> {
  const { key, identity, issuer, trustedRoot } = options;
  if ([key, identity, issuer].every((one) => one === undefined)) return ok(undefined);
  if (key !== undefined && identity === undefined && issuer === undefined) return keyPolicy(key, cwd);
  if (key === undefined && identity !== undefined && issuer !== undefined && trustedRoot !== undefined)
    return trustPolicy(options, cwd);
  return fail({
    code: 'usage',
    message:
      'The options of the second party name both a key and an identity, or only a part of an identity.',
    hint: 'Write --verifier-key=<file>, or --verifier-identity=<who> --verifier-oidc-issuer=<URL> --trusted-root=<file>.',
  });
}

function textOf(file: string, cwd: string): Promise<Result<string>> {
  const missing = { code: 'usage', message: `${file} does not exist.`, hint: 'Check the path.' } as const;
  return readTextFile(resolve(cwd, file), missing);
}

function notOne(given: string): Result<never> {
  return fail({
    code: 'usage',
    message: `The options trust ${given}.`,
    hint: 'Write --key=<file>, or --certificate-identity=<who> --certificate-oidc-issuer=<URL> --trusted-root=<file>.',
  });
}
