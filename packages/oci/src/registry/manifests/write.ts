import { Readable } from 'node:stream';
import { discardBody, Fault } from '@image-tooling/host';
import type { Digest, Result } from '@image-tooling/model';
import { addressOf } from '../address';
import { expectStatus } from '../answers/expect';
import { DELETE, PUSH, type Context } from '../context';
import type { ManifestBytes } from '../port';
import type { RegistryAnswer, RegistryRequest } from '../transport/types';
import { headManifest } from './read';

/** What a registry said of a manifest that it took. */
export interface PutAnswer {
  /** OCI-Subject: the registry itself lists the manifest as a referrer of this one. */
  readonly subject?: string;
}

/**
 * Puts a manifest by its digest, or under a tag. Where the answer was lost, asks whether the manifest arrived before
 * it is sent again. Throws a `Fault`.
 */
export async function writeManifest(
  context: Context,
  manifest: ManifestBytes,
  tag: string | undefined,
): Promise<PutAnswer> {
  const request = putRequest(context, manifest, tag);
  try {
    return await taken(context, manifest, request, await context.send(request));
  } catch (error) {
    if (!isAltered(error)) throw error;
  }
  // A bit that flips on the way does not flip twice.
  return taken(context, manifest, request, await context.send(request));
}

/** Deletes a manifest; false where it was not there. */
export async function deleteManifest(context: Context, digest: Digest): Promise<boolean> {
  const purpose = `delete the manifest ${digest} of ${context.name.path}`;
  const url = addressOf(context, `manifests/${digest}`);
  const request = { method: 'DELETE', url, purpose, scope: DELETE } as const;
  const answer = await expectStatus(await context.send(request), request, 200, 202, 204, 404);
  void discardBody(answer);
  return answer.status !== 404;
}

function putRequest(context: Context, manifest: ManifestBytes, tag: string | undefined): RegistryRequest {
  const { mediaType, digest, bytes } = manifest;
  const reference = tag ?? digest;
  const url = addressOf(context, `manifests/${reference}`);
  return {
    method: 'PUT',
    url,
    headers: { 'content-type': mediaType },
    body: { size: bytes.length, open: () => once(bytes) },
    purpose: `put the manifest ${reference} of ${context.name.path}`,
    scope: PUSH,
    repeatable: false,
    async answerIfDone() {
      const found = await headManifest(context, reference);
      if (found?.digest !== digest) return undefined;
      return { status: 201, headers: { 'docker-content-digest': digest }, body: Readable.from([]), url };
    },
  };
}

/** What a registry said of a manifest that it took. Throws a `Fault` where it took none, or another. */
async function taken(
  context: Context,
  { digest }: ManifestBytes,
  request: RegistryRequest,
  sent: Result<RegistryAnswer>,
): Promise<PutAnswer> {
  const answer = await expectStatus(sent, request, 200, 201, 202);
  void discardBody(answer);
  const reference = decodeURIComponent(request.url.pathname.split('/').at(-1) as string);
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

function isAltered(error: unknown): boolean {
  return error instanceof Fault && error.failure.code === 'checksum';
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
