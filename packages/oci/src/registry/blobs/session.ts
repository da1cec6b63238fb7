import { discardBody, Fault } from '@image-tooling/host';
import type { Digest } from '@image-tooling/model';
import { addressOf } from '../address';
import { expectStatus } from '../answers/expect';
import { PUSH, type Context } from '../context';
import { withParameters } from '../transport/query';
import type { RegistryAnswer } from '../transport/types';

/** An upload that a registry has opened (OCI distribution-spec 1.1, "Pushing blobs"). */
export interface Session {
  /** Where the next request of it goes; with its query, whatever it holds. */
  readonly location: URL;
  /** Bytes that a chunk must have at least, but the last: OCI-Chunk-Min-Length. */
  readonly minChunk: number;
}

/** Opens an upload. Throws a `Fault`. */
export async function openSession(context: Context, digest: Digest): Promise<Session> {
  const purpose = `begin to push the blob ${digest} to ${context.name.path}`;
  const url = addressOf(context, 'blobs/uploads/');
  const request = { method: 'POST', url, purpose, scope: PUSH, repeatable: true } as const;
  const answer = await expectStatus(await context.send(request), request, 202);
  void discardBody(answer);
  return sessionOf(answer, purpose);
}

/** The upload as an answer says it is now. Throws a `Fault` where it does not say where it goes on. */
export function sessionOf(answer: RegistryAnswer, purpose: string, before?: Session): Session {
  const { location, 'oci-chunk-min-length': minChunk } = answer.headers;
  if (location === undefined && !before)
    throw new Fault({
      code: 'http-status',
      message: `Could not ${purpose}: ${answer.url.host} does not say where the upload goes (Location).`,
    });
  return {
    location: location === undefined ? (before as Session).location : resolved(location, answer, purpose),
    minChunk: minChunk === undefined ? (before?.minChunk ?? 0) : Number(minChunk) || 0,
  };
}

function resolved(location: string, { url }: RegistryAnswer, purpose: string): URL {
  if (URL.canParse(location, url.href)) return new URL(location, url);
  throw new Fault({
    code: 'http-status',
    message: `Could not ${purpose}: ${url.host} says that the upload goes to an invalid URL (Location).`,
    hint: 'The registry, or a proxy before it, names wrong addresses: set its own address in its configuration.',
  });
}

/** The address that finishes an upload. */
export function finishAddress({ location }: Session, digest: Digest): URL {
  return withParameters(location, [['digest', digest]]);
}

/** Milliseconds that cleaning up may take. */
const CANCEL_TIME = 2_000;

/**
 * Tells the registry to forget an upload, also after an abort; that it fails or takes long does no harm.
 * docker-registry 2.8 answers 404 where a request of the upload broke off, and keeps the bytes that came until it
 * purges old uploads (its setting "uploadpurging", by default after a week).
 */
export async function cancelSession(context: Context, { location }: Session, digest: Digest): Promise<void> {
  const purpose = `give up pushing the blob ${digest} to ${context.name.path}`;
  const cancelling = context
    .sendAfterAbort({ method: 'DELETE', url: location, purpose, scope: PUSH, repeatable: false })
    .then((result) => (result.ok ? discardBody(result.value) : undefined));
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise((resolve) => (timer = setTimeout(resolve, CANCEL_TIME)));
  await Promise.race([cancelling, tooLong]);
  clearTimeout(timer);
}
