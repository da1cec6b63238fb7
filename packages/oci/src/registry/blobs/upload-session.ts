import { discardBody, Fault } from '@image-tooling/host';
import type { Digest } from '@image-tooling/model';
import { addressOf } from '../transport/address';
import { expectStatus } from '../answers/expect';
import { PUSH, type Context } from '../context';
import { withParameters } from '../transport/query';
import type { RegistryAnswer } from '../send';

/** An upload session of a registry (OCI distribution-spec 1.1, "Pushing blobs"). */
export interface UploadSession {
  /** The URL of the next request, with its query unchanged. */
  readonly location: URL;
  /** The minimum size of every chunk but the last, in bytes: OCI-Chunk-Min-Length. */
  readonly minChunk: number;
}

/** Opens an upload session. Throws a `Fault`. */
export async function openUploadSession(context: Context, digest: Digest): Promise<UploadSession> {
  const purpose = `begin to push the blob ${digest} to ${context.name.path}`;
  const url = addressOf(context, 'blobs/uploads/');
  const request = { method: 'POST', url, purpose, scope: PUSH, repeatable: true } as const;
  const answer = await expectStatus(await context.send(request), request, 202);
  void discardBody(answer);
  return uploadSessionOf(answer, purpose);
}

/** Returns the session as updated by an answer. Throws a `Fault` if there is no URL to continue at. */
export function uploadSessionOf(
  answer: RegistryAnswer,
  purpose: string,
  before?: UploadSession,
): UploadSession {
  const { location, 'oci-chunk-min-length': minChunk } = answer.headers;
  if (location === undefined && !before)
    throw new Fault({
      code: 'http-status',
      message: `Could not ${purpose}: ${answer.url.host} sends no URL for the upload (Location).`,
    });
  return {
    location:
      location === undefined ? (before as UploadSession).location : resolved(location, answer, purpose),
    minChunk: minChunk === undefined ? (before?.minChunk ?? 0) : Number(minChunk) || 0,
  };
}

function resolved(location: string, { url }: RegistryAnswer, purpose: string): URL {
  if (URL.canParse(location, url.href)) return new URL(location, url);
  throw new Fault({
    code: 'http-status',
    message: `Could not ${purpose}: ${url.host} sends an invalid URL for the upload (Location).`,
    hint: 'The registry, or a proxy in front of it, sends wrong URLs: set its external URL in its configuration.',
  });
}

/** Returns the URL that finishes an upload. */
export function finishAddress({ location }: UploadSession, digest: Digest): URL {
  return withParameters(location, [['digest', digest]]);
}

/** Time limit for cancelling, in milliseconds. */
const CANCEL_TIME = 2_000;

/**
 * Cancels an upload, also after an abort; ignores failures and a registry that is slow. docker-registry 2.8 answers
 * 404 if a request of the upload broke off, and keeps the received bytes until it purges old uploads (its setting
 * "uploadpurging", by default after a week).
 */
export async function cancelUploadSession(
  context: Context,
  { location }: UploadSession,
  digest: Digest,
): Promise<void> {
  const purpose = `give up pushing the blob ${digest} to ${context.name.path}`;
  const cancelling = context
    .sendAfterAbort({ method: 'DELETE', url: location, purpose, scope: PUSH, repeatable: false })
    .then((result) => (result.ok ? discardBody(result.value) : undefined));
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise((resolve) => (timer = setTimeout(resolve, CANCEL_TIME)));
  await Promise.race([cancelling, tooLong]);
  clearTimeout(timer);
}
