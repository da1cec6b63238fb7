import type { Digest } from '@image-tooling/model';
import { Fault } from '../../fault';
import { addressOf } from '../address';
import { ask } from '../answers/ask';
import { pauseAfter } from '../transport/pause';
import { discard } from '../answers/read';
import { Refusal } from '../answers/refusal';
import { DELETE, PUSH, type Context } from '../context';
import type { ManifestBytes } from '../port';
import { TIMEOUT_TRIES } from '../transport/retry-policy';
import { headManifest } from './read';

/** Tries to put a manifest. Sending the same one twice does no harm; it is only looked first whether it is there. */
const TRIES = 5;

/** What a registry said of a manifest that it took. */
export interface PutAnswer {
  /** OCI-Subject: the registry itself lists the manifest as a referrer of this one. */
  readonly subject?: string;
}

/**
 * Puts a manifest by its digest, or under a tag. Where the answer was lost it is looked whether the manifest
 * arrived. Throws a `Fault`.
 */
export async function writeManifest(
  context: Context,
  manifest: ManifestBytes,
  tag: string | undefined,
): Promise<PutAnswer> {
  for (let tries = 1; ; tries++) {
    try {
      return await writeOnce(context, manifest, tag);
    } catch (error) {
      if (!passes(error, tries) || tries === TRIES) throw error;
    }
    await pauseAfter(context, tries);
    if (await isThere(context, manifest, tag)) return {};
  }
}

/** Deletes a manifest; false where it was not there. */
export async function deleteManifest(context: Context, digest: Digest): Promise<boolean> {
  const purpose = `delete the manifest ${digest} of ${context.name.path}`;
  const url = addressOf(context, `manifests/${digest}`);
  const answer = await ask(context, { method: 'DELETE', url, purpose, scope: DELETE }, 200, 202, 204, 404);
  void discard(answer);
  return answer.status !== 404;
}

async function writeOnce(
  context: Context,
  { mediaType, digest, bytes }: ManifestBytes,
  tag: string | undefined,
): Promise<PutAnswer> {
  const reference = tag ?? digest;
  const purpose = `put the manifest ${reference} of ${context.name.path}`;
  const answer = await ask(
    context,
    {
      method: 'PUT',
      url: addressOf(context, `manifests/${reference}`),
      headers: { 'content-type': mediaType },
      body: { size: bytes.length, open: () => once(bytes) },
      purpose,
      scope: PUSH,
      repeatable: false,
    },
    200,
    201,
    202,
  );
  void discard(answer);
  await checkDigest(context, answer.headers['docker-content-digest'], digest, reference);
  return { subject: answer.headers['oci-subject'] };
}

/** A registry that does not say which digest it took is asked for it; in a dry run it took none. */
async function checkDigest(
  context: Context,
  said: string | undefined,
  digest: Digest,
  reference: string,
): Promise<void> {
  if (said === digest || context.options.dryRun) return;
  const found = said ?? (await headManifest(context, reference))?.digest;
  if (found === digest) return;
  throw new Fault({
    code: 'checksum',
    message: `The registry took the manifest ${reference} as something else than what was sent.`,
    hint: 'Look at what stands between here and the registry: a proxy, a mirror.',
    details: [`sent ${digest}`, `taken as ${found ?? 'nothing'}`],
  });
}

async function isThere(
  context: Context,
  { digest }: ManifestBytes,
  tag: string | undefined,
): Promise<boolean> {
  return (await headManifest(context, tag ?? digest))?.digest === digest;
}

/** A bit that flips on the way does not flip twice. */
function passes(error: unknown, tries: number): boolean {
  if (error instanceof Fault && error.failure.code === 'checksum') return tries === 1;
  if (error instanceof Refusal) return error.status >= 500 && error.failure.code === 'http-status';
  if (!(error instanceof Fault)) return false;
  return error.failure.code === 'network' || (error.failure.code === 'timeout' && tries < TIMEOUT_TRIES);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
