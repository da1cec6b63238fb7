import { dayOf, failWith, ok, type Component, type Failure, type Result } from '@image-tooling/model';
import { fixesFor } from '../release-fixes';
import type { Finding } from '../finding';
import { countByStatus, isFailing, judge } from '../gate';
import {
  debianFindings,
  endOfLifeFindings,
  joinedFindings,
  licenceFindings,
  osvFindings,
  scannerFindings,
  setuidFindings,
  sizeFindings,
} from '../match';
import type { ScanPolicy } from '../policy/merge';
import { notCovered } from './not-covered';
import { inOrder } from '../report/order';
import type { ScanData, ScanReport, UsedScanner } from '../report/types';
import type { ScannerMatch } from '../scanner';
import type { ScanSubject } from '../subject';
import { invalidData } from './valid-data';
import type { VulnerabilityData } from '../vulnerability-data';

/** What a scanner found, and in which database. */
export interface ScannerResult {
  readonly used: UsedScanner;
  /** Checked by `checkedMatches`. */
  readonly matches: readonly ScannerMatch[];
}

/** All inputs of a scan. */
export interface ScanInput {
  readonly subject: ScanSubject;
  readonly policy: ScanPolicy;
  /** Undefined if the policy has no database. */
  readonly data: VulnerabilityData | undefined;
  /** What a scanner found in addition, if the policy has one. */
  readonly scanner?: ScannerResult | undefined;
  /** Findings of secrets, which are looked for in layers. */
  readonly secrets: readonly Finding[];
  /** Seconds since the epoch. */
  readonly now: number;
}

/**
 * Returns all findings of an image, and whether they fail it. Fails with `scan-invalid` if the data can't tell its
 * vulnerabilities, so that a scan without data never looks like one without findings.
 */
export function scan(input: ScanInput): Result<ScanReport> {
  const { subject, policy, data, scanner, now } = input;
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
    counts: countByStatus(findings),
    findings,
  });
}

function dataProblems({ subject, policy, data }: ScanInput): Failure[] {
  if (policy.database === 'none') return [];
  if (!data) throw new Error(`${subject.inventory.image} is scanned without its data`);
  return invalidData(data, subject);
}

function allFindings({ subject, policy, data, scanner, secrets, now }: ScanInput): Finding[] {
  const debian = data && fixesFor(subject, data);
  const known = [
    ...(data ? osvFindings(subject, data.go) : []),
    ...(debian ? debianFindings(subject, debian) : []),
  ];
  return [
    ...(scanner ? joinedFindings(known, scannerFindings(subject, scanner.matches)) : known),
    ...(debian ? endOfLifeFindings(subject, debian, now) : []),
    ...(policy.licences ? licenceFindings(subject, policy.licences) : []),
    ...setuidFindings(subject, policy.setuid),
    ...sizeFindings(subject),
    ...secrets,
  ];
}

function dataOf(
  data: VulnerabilityData | undefined,
  subject: ScanSubject,
  scanner: UsedScanner | undefined,
): ScanData {
  if (!data) return { database: 'none' };
  const { go } = data;
  const debian = fixesFor(subject, data);
  const { components } = subject.inventory;
  const has = (kind: Component['kind']): boolean => components.some((one) => one.kind === kind);
  return {
    database: 'registries',
    ...(has('go') && { go: { version: go.version, time: go.time } }),
    ...(debian && has('deb') && { debian: { suite: debian.suite, time: debian.time } }),
    ...(scanner && { scanner }),
  };
}
