import { discardBody } from '@image-tooling/host';
import type { Digest } from '@image-tooling/model';
import type { Descriptor } from '../../image/manifest';
import { addressOf } from '../transport/address';
import { expectStatus } from '../answers/expect';
import { Refusal } from '../answers/refusal';
import { PULL, type Context } from '../context';
import { repositoryText } from '../reference';
import type { RegistryAnswer } from '../send';
import { missingBlob, wrongBytes } from './checked';

/** Whether a repository has a blob (OCI distribution-spec 1.1, "Checking if content exists in the registry"). */
export async function hasBlob(context: Context, digest: Digest): Promise<boolean> {
  return (await headBlob(context, digest)).status === 200;
}

/**
 * Checks that a repository has a blob. Throws a `Fault`: `gone` if not, `checksum` if the registry states another size.
 * Not all registries state one; 0 means that it is unknown.
 */
export async function expectBlob(
  context: Context,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
): Promise<void> {
  const { status, headers } = await headBlob(context, digest);
  const wanted = { digest, size, from: repositoryText(context.name) };
  if (status === 404) throw missingBlob(wanted);
  const stated = Number(headers['content-length'] ?? 0);
  if (stated > 0 && stated !== size) throw wrongBytes(wanted, `the registry states ${stated}`);
}

async function headBlob(context: Context, digest: Digest): Promise<RegistryAnswer> {
  const purpose = `look for the blob ${digest} in ${context.name.path}`;
  const url = addressOf(context, `blobs/${digest}`);
  const request = { method: 'HEAD', url, purpose, scope: PULL } as const;
  const answer = await expectStatus(await context.send(request), request, 200, 404);
  void discardBody(answer);
  return answer;
}

/**
 * Whether a blob need not be sent. If the registry fails to answer, it may still accept the blob: a full disk can
 * leave it half-written.
 */
export async function isThere(context: Context, digest: Digest): Promise<boolean> {
  try {
    return await hasBlob(context, digest);
  } catch (error) {
    if (error instanceof Refusal && error.status >= 500) return false;
    throw error;
  }
}
