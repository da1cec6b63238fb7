import {
  digestOf,
  failWith,
  ok,
  type Digest,
  type Failure,
  type FailureCode,
  type Result,
} from '@image-tooling/model';
import type { VerifiedStatement, Verifier } from '@image-tooling/attest';
import { manifestContent, mapResults, type Referrer, type Repository } from '@image-tooling/oci';
import { readBlob } from './read-blob';

/** Annotation with the predicate type of a bundle's statement (cosign, pkg/oci/remote/write.go). */
export const PREDICATE_TYPE_ANNOTATION = 'dev.sigstore.bundle.predicateType';

/** What is attached to a manifest. */
export interface Attached {
  /** With a valid signature by a trusted signer. */
  readonly statements: readonly AttachedStatement[];
  /** Damaged, about something else, or by another signer. */
  readonly refused: readonly RefusedAttachment[];
}

/** A trusted statement, and where it is. */
export interface AttachedStatement extends VerifiedStatement {
  /** Of the attachment's manifest. */
  readonly digest: Digest;
  /** Of its bundle. */
  readonly bundle: Digest;
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
  question: Question,
): Promise<Result<(AttachedStatement | RefusedAttachment)[]>> {
  const read = await verifiedStatement(repository, digest, question);
  if (read.ok) return ok(read.value ? [{ ...read.value, digest }] : []);
  const { failures } = read;
  if (!isOfAttachment(failures[0])) return failWith(failures);
  return ok([{ digest, predicateType: annotations[PREDICATE_TYPE_ANNOTATION], failure: failures[0] }]);
}

async function verifiedStatement(
  repository: Repository,
  digest: Digest,
  { manifest, verifier }: Question,
): Promise<Result<Omit<AttachedStatement, 'digest'> | undefined>> {
  const bundle = await bundleOf(repository, digest);
  if (!bundle.ok) return bundle;
  if (!bundle.value) return ok(undefined);
  const verified = await verifier.verifyBundle(bundle.value, manifest);
  return verified.ok ? ok({ ...verified.value, bundle: digestOf(bundle.value) }) : verified;
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
