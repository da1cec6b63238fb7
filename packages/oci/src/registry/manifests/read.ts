import { discardBody, Fault, type Method } from '@image-tooling/host';
import { digestOf, isDigest, jsonObject, type Digest } from '@image-tooling/model';
import type { Descriptor } from '../../image/manifest';
import { addressOf } from '../transport/address';
import { expectStatus } from '../answers/expect';
import { readAnswer } from '../answers/read';
import { PULL, type Context } from '../context';
import type { ManifestBytes } from '../port';
import { attempted, retryFaults } from '../transport/retry-faults';
import type { RegistryAnswer } from '../send';
import { ACCEPT, isManifestType, mediaTypeOf } from './media-types';

/** Bytes. OCI distribution-spec 1.1, "Pushing Manifests": "manifest pushes of at least 4 megabytes". */
export const MANIFEST_LIMIT = 4 * 1024 * 1024;

/** Attempts to read a manifest if the connection breaks. */
const TRIES = 3;

/** Returns the descriptor of a tag or digest. Reads the manifest if the registry's HEAD is incomplete. */
export async function headManifest(context: Context, reference: string): Promise<Descriptor | undefined> {
  const answer = await answerTo(context, 'HEAD', reference);
  void discardBody(answer);
  if (answer.status === 404) return undefined;
  const digest = answer.headers['docker-content-digest'];
  const size = Number(answer.headers['content-length']);
  const mediaType = mediaTypeOf(answer.headers['content-type']);
  const expected = isDigest(reference) ? reference : undefined;
  const isWhole = digest !== undefined && isDigest(digest) && size > 0 && mediaType !== '';
  if (isWhole && (expected ?? digest) === digest) return { mediaType, digest, size };
  const manifest = await getManifest(context, reference);
  return manifest && descriptorOf(manifest);
}

/**
 * Reads a manifest and checks its digest. Throws a `Fault` with `checksum` if it differs from the requested or
 * announced one.
 */
export async function getManifest(context: Context, reference: string): Promise<ManifestBytes | undefined> {
  return retryFaults(
    context,
    async () => {
      const answer = await answerTo(context, 'GET', reference);
      return attempted(manifestIn(answer, reference));
    },
    (error, tries) => (isPassing(error) && tries < TRIES ? 0 : undefined),
  );
}

async function manifestIn(answer: RegistryAnswer, reference: string): Promise<ManifestBytes | undefined> {
  if (answer.status === 404) {
    void discardBody(answer);
    return undefined;
  }
  const bytes = await readAnswer(answer, MANIFEST_LIMIT, `read the manifest ${reference}`);
  return checked(answer, reference, bytes);
}

function isPassing(error: unknown): boolean {
  return error instanceof Fault && ['network', 'timeout', 'checksum'].includes(error.failure.code);
}

/** Returns the descriptor of a manifest. */
export function descriptorOf({ mediaType, digest, bytes }: ManifestBytes): Descriptor {
  return { mediaType, digest, size: bytes.length };
}

async function answerTo(context: Context, method: Method, reference: string): Promise<RegistryAnswer> {
  const purpose = `read the manifest ${reference} of ${context.name.path}`;
  const url = addressOf(context, `manifests/${reference}`);
  const request = { method, url, purpose, headers: { accept: ACCEPT }, scope: PULL };
  return expectStatus(await context.send(request), request, 200, 404);
}

function checked(answer: RegistryAnswer, reference: string, bytes: Buffer): ManifestBytes {
  const digest = digestOf(bytes);
  const announced = answer.headers['docker-content-digest'];
  for (const expected of [reference, announced])
    if (expected !== undefined && isDigest(expected) && expected !== digest)
      throw altered(answer.url, reference, expected, digest);
  return { mediaType: typeOf(answer, reference, bytes), digest, bytes };
}

/**
 * Some registries answer `text/plain` or no type: then the manifest's own `mediaType` counts. If there are both they
 * must agree (OCI distribution-spec 1.1, "Pulling manifests"): otherwise two clients may read one digest in two ways.
 */
function typeOf(answer: RegistryAnswer, reference: string, bytes: Buffer): string {
  const stated = mediaTypeOf(answer.headers['content-type']);
  const own = ownMediaType(bytes);
  if (!isManifestType(stated)) return own ?? stated;
  if (own !== undefined && own !== stated) throw ambiguous(answer.url, reference, stated, own);
  return stated;
}

/** The `mediaType` in a manifest. */
export function ownMediaType(bytes: Uint8Array): string | undefined {
  const mediaType = jsonObject(bytes)?.['mediaType'];
  return typeof mediaType === 'string' ? mediaType : undefined;
}

function ambiguous({ host }: URL, reference: string, stated: string, own: string): Fault {
  return new Fault({
    code: 'image-format',
    message: `${host} serves the manifest ${reference} with another media type than the manifest itself has.`,
    hint: 'It was not used. Publish the image again; check a proxy or mirror on the way.',
    details: [`Content-Type: ${stated}`, `mediaType: ${own}`],
  });
}

function altered(url: URL, reference: string, expected: Digest, found: Digest): Fault {
  return new Fault({
    code: 'checksum',
    message: `The manifest ${reference} from ${url.host} was changed in the registry or on the way.`,
    hint: 'It was not used. A proxy or mirror on the way may change it: check it.',
    details: [`expected ${expected}`, `received ${found}`],
  });
}
