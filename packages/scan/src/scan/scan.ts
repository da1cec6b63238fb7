import { dayOf, failWith, ok, type Failure, type Result } from '@image-tooling/model';
import type { Finding } from '../finding';
import { countByStatus, isFailing, judge } from '../gate';
import { licenceFindings, setuidFindings, sizeFindings, type MatchesByLayer } from '../match';
import type { ScanPolicy } from '../policy/merge';
import { notCovered } from './not-covered';
import { inOrder } from '../report/order';
import type { NotReported } from '../secrets';
import type { ScanReport } from '../report/types';
import { dataOf } from './data-of';
import { findingsInData, type ScannerResult } from './findings-in-data';
import type { ScanSubject } from '../subject';
import { invalidData } from './valid-data';
import type { VulnerabilityData } from '../vulnerability-data';

/** All inputs of a scan. */
export interface ScanInput {
  readonly subject: ScanSubject;
  readonly policy: ScanPolicy;
  /** Undefined if the policy has no database. */
  readonly data: VulnerabilityData | undefined;
  /** What Go's database says of the image's modules. */
  readonly matches: MatchesByLayer;
  /** What a scanner found in addition, if the policy has one. */
  readonly scanner?: ScannerResult | undefined;
  /** Findings of secrets, which are looked for in layers. */
  readonly secrets: readonly Finding[];
  readonly secretsLeftOut: NotReported;
  /** Seconds since the epoch. */
  readonly now: number;
}

/**
 * Returns all findings of an image, and whether they fail it. Fails with `scan-invalid` if the data can't tell its
 * vulnerabilities, so that a scan without data never looks like one without findings.
 */
export function scan(input: ScanInput): Result<ScanReport> {
  const { subject, policy, data, scanner, secretsLeftOut, now } = input;
  const problems = dataProblems(input);
  if (problems.length > 0) return failWith(problems);
  const today = dayOf(now);
  const findings = inOrder(allFindings(input).map((finding) => judge(finding, policy, today)));
  const { image, platform, manifest } = subject.inventory;
  return ok({
    scanVersion: 1,
    image,
    platform,
    manifest,
    day: today,
    passed: !findings.some(({ status }) => isFailing(status)),
    data: dataOf(data, subject, scanner?.used),
    notCovered: data ? notCovered(data, subject, scanner !== undefined) : [],
    secretsLeftOut,
    counts: countByStatus(findings),
    findings,
  });
}

function dataProblems({ subject, policy, data }: ScanInput): Failure[] {
  if (policy.database === 'none') return [];
  if (!data) throw new Error(`${subject.inventory.image} is scanned without its data`);
  return invalidData(data, subject);
}

function allFindings({ subject, policy, data, matches, scanner, secrets, now }: ScanInput): Finding[] {
  return [
    ...(data ? findingsInData(subject, { data, matches, scanner, now }) : []),
    ...(policy.licences ? licenceFindings(subject, policy.licences) : []),
    ...setuidFindings(subject, policy.setuid),
    ...sizeFindings(subject),
    ...secrets,
  ];
}
