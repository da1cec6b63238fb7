import { Readable } from 'node:stream';
import { discardBody, Fault } from '@image-tooling/host';
import type { Digest, Result } from '@image-tooling/model';
import { addressOf } from '../transport/address';
import { expectStatus } from '../answers/expect';
import { DELETE, PUSH, type Context } from '../context';
import type { ManifestBytes } from '../port';
import type { RegistryAnswer, RegistryRequest } from '../send';
import { headManifest } from './read';

/** A registry's answer to a manifest that it stored. */
export interface PutAnswer {
  /** OCI-Subject: the registry lists the manifest as a referrer of this subject itself. */
  readonly subject?: string;
}

/**
 * Puts a manifest by digest or tag. If the answer was lost, checks whether the manifest arrived before it sends it
 * again. Throws a `Fault`.
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

/** Deletes a manifest; returns false if it was not there. */
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

/** Returns the registry's answer to a stored manifest. Throws a `Fault` if it stored none, or another. */
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

/** Asks the registry for the digest if its answer has none; a dry run has no digest. */
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
    message: `The registry stored another manifest than was sent for ${reference}.`,
    hint: 'A proxy or mirror on the way may change it: check it.',
    details: [`sent ${digest}`, `stored as ${found ?? 'nothing'}`],
  });
}

function isAltered(error: unknown): boolean {
  return error instanceof Fault && error.failure.code === 'checksum';
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
