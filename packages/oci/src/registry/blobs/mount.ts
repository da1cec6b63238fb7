import { discardBody, Fault } from '@image-tooling/host';
import type { Digest } from '@image-tooling/model';
import { addressOf } from '../address';
import { PUSH, type Context } from '../context';
import { withParameters } from '../transport/query';
import { cancelSession, openSession, sessionOf, type Session } from './session';

/**
 * Asks the registry to mount a blob from the first of these repositories that has it (OCI distribution-spec 1.1,
 * "Mounting a blob from another repository"). Gives 'mounted', or the upload that it opened instead.
 */
export async function mountOrOpen(
  context: Context,
  digest: Digest,
  from: readonly string[],
): Promise<'mounted' | Session> {
  let opened: Session | undefined;
  for (const path of from) {
    if (opened) await cancelSession(context, opened, digest);
    const outcome = await mount(context, digest, path);
    if (outcome === 'mounted') return outcome;
    opened = outcome;
  }
  return opened ?? openSession(context, digest);
}

/** Undefined where the registry will not: without a right on the other repository, or without mounts at all. */
async function mount(
  context: Context,
  digest: Digest,
  from: string,
): Promise<'mounted' | Session | undefined> {
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
  return answer.status === 202 ? sessionOf(answer, purpose) : undefined;
}
