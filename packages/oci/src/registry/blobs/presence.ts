import { discardBody } from '@image-tooling/host';
import type { Digest } from '@image-tooling/model';
import { addressOf } from '../transport/address';
import { expectStatus } from '../answers/expect';
import { Refusal } from '../answers/refusal';
import { PULL, type Context } from '../context';

/** Whether a repository has a blob (OCI distribution-spec 1.1, "Checking if content exists in the registry"). */
export async function hasBlob(context: Context, digest: Digest): Promise<boolean> {
  const purpose = `look for the blob ${digest} in ${context.name.path}`;
  const url = addressOf(context, `blobs/${digest}`);
  const request = { method: 'HEAD', url, purpose, scope: PULL } as const;
  const answer = await expectStatus(await context.send(request), request, 200, 404);
  void discardBody(answer);
  return answer.status === 200;
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
