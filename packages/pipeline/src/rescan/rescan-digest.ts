import {
  failWith,
  ok,
  type Component,
  type Failure,
  type Image,
  type Inventory,
  type Json,
  type Result,
} from '@image-tooling/model';
import type { Verifier } from '@image-tooling/attest';
import { repositoryText, type Repository } from '@image-tooling/oci';
import { loadPurls } from '@image-tooling/sbom';
import {
  changesSince,
  rescan,
  rescanSubject,
  vexVerdicts,
  type RescanReport,
  type ScanPolicy,
  type VulnerabilityData,
} from '@image-tooling/scan';
import { isOfAttachment } from '../attest/attached';
import { debianReleaseOf } from '../debian-release';
import { definedChain } from '../scan/chain';
import { scannerResult } from '../scanner';
import type { Session } from '../session';
import { readDocuments, type PublishedDocuments } from './documents';
import type { PublishedManifest } from './published';
import type { RescannedDigest } from './request';
import { scanResult } from './result';

/** An image to re-scan, and what with. */
export interface RescanSubject {
  readonly image: Image;
  /** Of the image and its parents. */
  readonly policies: ReadonlyMap<string, ScanPolicy>;
  readonly data: VulnerabilityData;
  readonly verifier: Verifier;
  readonly now: Date;
}

/** A re-scanned digest, and what to attach to it. */
export interface DigestResult {
  readonly published: PublishedManifest;
  readonly rescanned: Omit<RescannedDigest, 'attached'>;
  /** Undefined if the last result says the same. */
  readonly predicate: Json | undefined;
}

/** Re-scans a published manifest by the documents that are attached to it. Fails as `readDocuments` and `rescan` do. */
export async function rescanDigest(
  session: Session,
  repository: Repository,
  published: PublishedManifest,
  subject: RescanSubject,
): Promise<Result<DigestResult>> {
  const began = Date.now();
  const { digest } = published.manifest;
  const documents = await readDocuments(repository, digest, subject.verifier);
  const report = documents.ok ? await reportOf(session, subject, documents.value) : documents;
  if (!documents.ok || !report.ok) return named(report, repository, published);
  const { earlier, signer } = documents.value;
  const { version } = session;
  const result = scanResult({ report: report.value, data: subject.data, earlier, version, began });
  const { tags } = published;
  const changes = changesSince(earlier?.findings, report.value.findings);
  const since = earlier && earlier.ended / 1000;
  return ok({
    published,
    rescanned: {
      ...{ tags, digest, signer, changes, since },
      repository: repositoryText(repository.name),
      report: report.value,
    },
    predicate: result.isNew ? result.predicate : undefined,
  });
}

async function reportOf(
  session: Session,
  { image, policies, data, now }: RescanSubject,
  { inventory, vex }: PublishedDocuments,
): Promise<Result<RescanReport>> {
  const { purlOf } = await loadPurls();
  const subject = {
    inventory,
    debian: releaseOf(inventory, image),
    purlOf: (component: Component) => purlOf(component, inventory),
    chain: definedChain(image, session.toolSource),
  };
  const { scanner: database, maxAgeDays } = policies.get(image.name) as ScanPolicy;
  const scanner = database
    ? await scannerResult(session, database, rescanSubject(subject), { maxAgeDays, now })
    : ok(undefined);
  if (!scanner.ok) return scanner;
  return rescan({
    ...subject,
    scanner: scanner.value,
    policyOf: (name) => policies.get(name) ?? (policies.get(image.name) as ScanPolicy),
    data,
    notAffected: vexVerdicts(vex),
    now: now.getTime() / 1000,
  });
}

/** The SBOM of an image without os-release does not say. */
function releaseOf({ os }: Inventory, image: Image): string | undefined {
  if (!os) return debianReleaseOf(image);
  return os.id === 'debian' ? os.codename : undefined;
}

function named(
  failed: Result<unknown>,
  { name }: Repository,
  { tags, name: platform, manifest }: PublishedManifest,
): Result<never> {
  const failures = failed.ok ? [] : failed.failures;
  const where = `${repositoryText(name)}:${tags[0] ?? ''} ${platform}`;
  return failWith(
    failures.map((failure) =>
      isOfDigest(failure)
        ? { ...failure, message: `${where}: ${failure.message}`, details: [`digest  ${manifest.digest}`] }
        : failure,
    ),
  );
}

/** Returns whether a failure is about one digest: the others may be good. */
export function isOfDigest(failure: Failure): boolean {
  return isOfAttachment(failure) || ['attestation-missing', 'schema', 'scan-invalid'].includes(failure.code);
}
