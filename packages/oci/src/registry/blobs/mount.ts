import { discardBody, Fault } from '@image-tooling/host';
import type { Digest } from '@image-tooling/model';
import { addressOf } from '../transport/address';
import { PUSH, type Context } from '../context';
import { withParameters } from '../transport/query';
import {
  cancelUploadSession,
  openUploadSession,
  uploadSessionOf,
  type UploadSession,
} from './upload-session';

/**
 * Asks the registry to mount a blob from the first of these repositories that has it (OCI distribution-spec 1.1,
 * "Mounting a blob from another repository"). Returns 'mounted', or the upload session that it opened instead.
 */
export async function mountOrOpen(
  context: Context,
  digest: Digest,
  from: readonly string[],
): Promise<'mounted' | UploadSession> {
  let opened: UploadSession | undefined;
  for (const path of from) {
    if (opened) await cancelUploadSession(context, opened, digest);
    const outcome = await mount(context, digest, path);
    if (outcome === 'mounted') return outcome;
    opened = outcome;
  }
  return opened ?? openUploadSession(context, digest);
}

/** Returns undefined if the registry refuses: no permission on the other repository, or no mounts at all. */
async function mount(
  context: Context,
  digest: Digest,
  from: string,
): Promise<'mounted' | UploadSession | undefined> {
  const purpose = `mount the blob ${digest} from ${from}`;
  const url = withParameters(addressOf(context, 'blobs/uploads/'), [
    ['mount', digest],
    ['from', from],
  ]);
  const scope = [...PUSH, `repository:${from}:pull`];
  const result = await context.send({ method: 'POST', url, purpose, scope, repeatable: true });
  if (!result.ok) {
    if (['registry-auth', 'registry-refused'].includes(result.failures[0].code)) return undefined;
    throw new Fault(result.failures[0]);
  }
  const answer = result.value;
  void discardBody(answer);
  if (answer.status === 201) return 'mounted';
  return answer.status === 202 ? uploadSessionOf(answer, purpose) : undefined;
}
