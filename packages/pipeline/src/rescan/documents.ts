import {
  fail,
  failWith,
  ok,
  type Digest,
  type Failure,
  type Inventory,
  type Result,
} from '@image-tooling/model';
import {
  newestScan,
  PREDICATES,
  type AttachedScan,
  type StatementKind,
  type VerifiedStatement,
  type Verifier,
} from '@image-tooling/attest';
import type { Repository } from '@image-tooling/oci';
import { readCycloneDx } from '@image-tooling/sbom';
import { readAttached, type Attached } from '../attest/attached';

/** What a re-scan reads of a published image: signed documents that are attached to it. */
export interface PublishedDocuments {
  readonly inventory: Inventory;
  /** The signer of the SBOM. */
  readonly signer: string;
  /** OpenVEX documents. */
  readonly vex: readonly unknown[];
  /** The last result; undefined if it was never scanned again. */
  readonly earlier: AttachedScan | undefined;
}

const TYPES = new Set<string>([PREDICATES.cyclonedx, PREDICATES.vex, PREDICATES.scan]);

/**
 * Reads the signed documents of a manifest. Fails with `attestation-missing` if it has no SBOM, with `unsigned` or
 * `signature-invalid` if its SBOM is of another signer or damaged, with `schema` if image-tooling did not write it, and
 * as the repository does.
 */
export async function readDocuments(
  repository: Repository,
  manifest: Digest,
  verifier: Verifier,
): Promise<Result<PublishedDocuments>> {
  const attached = await readAttached(repository, { manifest, verifier, types: TYPES });
  if (!attached.ok) return attached;
  const { statements } = attached.value;
  const sbom = sbomIn(attached.value, manifest);
  if (!sbom.ok) return sbom;
  return ok({
    ...sbom.value,
    vex: ofKind(statements, 'vex').map(({ predicate }) => predicate),
    earlier: newestScan(statements),
  });
}

/** Of several, the one with most components: newer versions of image-tooling find more. */
function sbomIn(
  { statements, refused }: Attached,
  manifest: Digest,
): Result<Pick<PublishedDocuments, 'inventory' | 'signer'>> {
  const sboms = ofKind(statements, 'cyclonedx').map((one) => readSbom(one, manifest));
  const readable = sboms.flatMap((one) => (one.ok ? [one.value] : []));
  const [largest] = readable.toSorted(
    (a, b) => b.inventory.components.length - a.inventory.components.length,
  );
  if (largest) return ok(largest);
  const unreadable = sboms.flatMap((one) => (one.ok ? [] : one.failures));
  if (unreadable.length > 0) return failWith(unreadable.slice(0, 1));
  const untrusted = refused.find(
    ({ predicateType }) => predicateType === undefined || predicateType === PREDICATES.cyclonedx,
  );
  return fail(untrusted ? notTrusted(untrusted.failure) : noSbom());
}

function readSbom(
  { predicate, signer }: VerifiedStatement,
  manifest: Digest,
): Result<Pick<PublishedDocuments, 'inventory' | 'signer'>> {
  const read = readCycloneDx(JSON.stringify(predicate), 'its attached SBOM');
  if (!read.ok) return failWith(read.failures.map((failure) => ({ ...failure, hint: PUBLISH_AGAIN })));
  const inventory = read.value;
  if (inventory.manifest === manifest) return ok({ inventory, signer });
  return fail({
    code: 'signature-invalid',
    message: `its attached SBOM is of another image, ${inventory.manifest}.`,
    hint: PUBLISH_AGAIN,
  });
}

function ofKind(statements: readonly VerifiedStatement[], kind: StatementKind): VerifiedStatement[] {
  return statements.filter(({ predicateType }) => predicateType === PREDICATES[kind]);
}

const PUBLISH_AGAIN = 'Publish it again with this version of image-tooling (a release: its next version).';

function notTrusted({ code, message, hint = PUBLISH_AGAIN }: Failure): Failure {
  return { code, message: `its SBOM is not trusted: ${message}`, hint };
}

function noSbom(): Failure {
  return {
    code: 'attestation-missing',
    message: 'no SBOM is attached to it: it was published without "signing", or by an older image-tooling.',
    hint: `${PUBLISH_AGAIN} To leave it out, name the tags: --tag=latest,main`,
  };
}
