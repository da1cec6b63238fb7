import { PREDICATES, withoutOlderScans, type VerifiedStatement } from '@image-tooling/attest';

/** The times and version of an OpenVEX document (github.com/openvex/spec, "Document"). */
interface VexDocument {
  readonly timestamp?: unknown;
  readonly last_updated?: unknown;
  readonly version?: unknown;
}

/** Returns statements without older scan results, and without VEX documents that a newer one of their signer replaces. */
export function withoutReplaced<T extends Pick<VerifiedStatement, 'predicateType' | 'predicate' | 'signer'>>(
  statements: readonly T[],
): T[] {
  return withoutOlderScans(statements).filter(
    (one) =>
      one.predicateType !== PREDICATES.vex ||
      newestVex(statements.filter(({ signer }) => signer === one.signer)) === one,
  );
}

/** Returns the newest VEX document; undefined without one. */
export function newestVex<T extends Pick<VerifiedStatement, 'predicateType' | 'predicate'>>(
  statements: readonly T[],
): T | undefined {
  const documents = statements.filter(({ predicateType }) => predicateType === PREDICATES.vex);
  const [first, ...others] = documents;
  return first && others.reduce((a, b) => (isNewer(b.predicate, a.predicate) ? b : a), first);
}

function isNewer(a: unknown, b: unknown): boolean {
  const [timeA, timeB] = [vexTime(a), vexTime(b)];
  return timeA === timeB ? versionOf(a) > versionOf(b) : timeA > timeB;
}

/** Returns when a document was written or updated, in milliseconds; 0 if it does not say. */
export function vexTime(document: unknown): number {
  const { timestamp, last_updated: updated } = Object(document) as VexDocument;
  return Math.max(timeOf(timestamp), timeOf(updated));
}

function timeOf(value: unknown): number {
  return (typeof value === 'string' && Date.parse(value)) || 0;
}

/** Returns the number of a document's version; 0 if it does not say. */
export function versionOf(document: unknown): number {
  const { version } = Object(document) as VexDocument;
  return typeof version === 'number' ? version : 0;
}
