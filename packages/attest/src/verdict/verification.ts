import type { VerifiedStatement } from '../verify/verifier';
import { listOf, membersOf, textOf } from './members';

/** What a second party found out about a manifest, as its signed summary says. */
export interface Verification {
  /** URI of the party that verified. */
  readonly verifier: string;
  /** The signer of the summary. */
  readonly signer: string;
  /** "PASSED" or "FAILED". */
  readonly result: string;
  readonly levels: readonly string[];
  /** When, as RFC 3339. */
  readonly time: string;
  /** URI of the image that it was verified as. */
  readonly resource: string;
}

/** Returns the newest verification summary of each signer and verifier. */
export function verificationsIn(summaries: readonly VerifiedStatement[]): Verification[] {
  const newest = new Map<string, Verification>();
  for (const one of summaries.map(verificationOf)) {
    const key = `${one.signer}\n${one.verifier}`;
    const before = newest.get(key);
    if (!before || isNewer(one, before)) newest.set(key, one);
  }
  return [...newest.values()];
}

/** Returns whether a summary is newer than another one. One without a time is older than all others. */
export function isNewer(a: Pick<Verification, 'time'>, b: Pick<Verification, 'time'>): boolean {
  return (Date.parse(a.time) || 0) > (Date.parse(b.time) || 0);
}

/** Returns what a summary says. */
export function verificationOf({
  predicate,
  signer,
}: Pick<VerifiedStatement, 'predicate' | 'signer'>): Verification {
  const members = membersOf(predicate);
  return {
    verifier: textOf(membersOf(members['verifier'])['id']),
    signer,
    result: textOf(members['verificationResult']),
    levels: listOf(members['verifiedLevels']).map(textOf),
    time: textOf(members['timeVerified']),
    resource: textOf(members['resourceUri']),
  };
}

/** Returns a verification in words. */
export function verificationText({ verifier, signer, result, levels, time }: Verification): string {
  const more = levels.filter((level) => level !== result);
  return `${[result, ...more].join(', ')} by ${verifier} at ${time}, signed by ${signer}`;
}
