import { failWith, ok, type Digest, type Failure, type FailureCode, type Result } from '@image-tooling/model';
import type { VerifiedStatement, Verifier } from '@image-tooling/attest';
import { manifestContent, mapResults, type Referrer, type Repository } from '@image-tooling/oci';
import { readBlob } from './read-blob';

/** Annotation with the predicate type of a bundle's statement (cosign, pkg/oci/remote/write.go). */
export const PREDICATE_TYPE_ANNOTATION = 'dev.sigstore.bundle.predicateType';

/** What is attached to a manifest. */
export interface Attached {
  /** With a valid signature by a trusted signer. */
  readonly statements: readonly VerifiedStatement[];
  /** Damaged, about something else, or by another signer. */
  readonly refused: readonly RefusedAttachment[];
}

/** An attachment that is not trusted, and why. */
export interface RefusedAttachment {
  /** Of the attachment's manifest. */
  readonly digest: Digest;
  /** As its annotation says, which is not signed. */
  readonly predicateType?: string | undefined;
  readonly failure: Failure;
}

interface Question {
  readonly manifest: Digest;
  readonly verifier: Verifier;
  /** Reads only statements of these types. Default: all. */
  readonly types?: ReadonlySet<string>;
}

/** Parallel requests. */
const AT_ONCE = 8;

/** Reads and verifies the statements that are attached to a manifest. Fails as the repository does. */
export async function readAttached(repository: Repository, question: Question): Promise<Result<Attached>> {
  const { manifest, types } = question;
  const listed = await repository.listReferrers(manifest);
  if (!listed.ok) return listed;
  const bundles = listed.value.filter((one) => isBundle(one) && isWanted(one, types));
  const read = await mapResults(bundles, (one) => readOne(repository, one, question), AT_ONCE);
  if (!read.ok) return read;
  const found = read.value.flat();
  return ok({
    statements: found.flatMap((one) => ('payload' in one ? [one] : [])),
    refused: found.flatMap((one) => ('payload' in one ? [] : [one])),
  });
}

/** Media types of all versions begin with it (sigstore protobuf-specs, Bundle.media_type). */
const BUNDLE_PREFIX = 'application/vnd.dev.sigstore.bundle';

function isBundle({ artifactType }: Referrer): boolean {
  return artifactType.startsWith(BUNDLE_PREFIX);
}

function isWanted({ annotations }: Referrer, types: ReadonlySet<string> | undefined): boolean {
  const type = annotations[PREDICATE_TYPE_ANNOTATION];
  return types === undefined || type === undefined || types.has(type);
}

const OF_ATTACHMENT: readonly FailureCode[] = [
  'gone',
  'checksum',
  'truncated',
  'too-large',
  'image-format',
  'unsigned',
  'signature-invalid',
];

/** Returns whether a failure is about one attachment: the others may be good. */
export function isOfAttachment({ code }: Failure): boolean {
  return OF_ATTACHMENT.includes(code);
}

async function readOne(
  repository: Repository,
  { digest, annotations }: Referrer,
  { manifest, verifier }: Question,
): Promise<Result<(VerifiedStatement | RefusedAttachment)[]>> {
  const bundle = await bundleOf(repository, digest);
  const verified = bundle.ok && bundle.value ? await verifier.verifyBundle(bundle.value, manifest) : bundle;
  if (verified.ok) return ok(verified.value ? [verified.value as VerifiedStatement] : []);
  const { failures } = verified;
  if (!isOfAttachment(failures[0])) return failWith(failures);
  return ok([{ digest, predicateType: annotations[PREDICATE_TYPE_ANNOTATION], failure: failures[0] }]);
}

/** Returns the bytes of a bundle; undefined if its manifest was deleted but is still listed. */
async function bundleOf(repository: Repository, digest: Digest): Promise<Result<Buffer | undefined>> {
  const manifest = await repository.getManifest(digest);
  if (!manifest.ok) return manifest;
  if (!manifest.value) return ok(undefined);
  const content = manifestContent(manifest.value);
  if (!content.ok) return content;
  const blob = content.value.blobs.find(({ mediaType }) => mediaType.startsWith(BUNDLE_PREFIX));
  return blob ? readBlob(repository, blob) : noBundle(digest);
}

function noBundle(digest: Digest): Result<never> {
  return failWith([{ code: 'image-format', message: `The attachment ${digest} has no bundle.` }]);
}
