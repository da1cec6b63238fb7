import { dayOf, failWith, ok, type Inventory, type Result } from '@image-tooling/model';
import type { Finding, JudgedFinding } from '../finding';
import { countByStatus, judge, type Counts } from '../gate';
import { matchesOfImage } from '../match';
import type { ScanPolicy } from '../policy/merge';
import { inOrder } from '../report/order';
import type { ScanData } from '../report/types';
import { dataOf } from '../scan/data-of';
import { findingsInData, type ScannerResult } from '../scan/findings-in-data';
import { notCovered } from '../scan/not-covered';
import { invalidData } from '../scan/valid-data';
import type { ScanSubject } from '../subject';
import type { VexVerdicts } from '../vex/read-openvex';
import type { VulnerabilityData } from '../vulnerability-data';

/** All inputs of a re-scan of one published image on one platform. */
export interface RescanInput extends Pick<ScanSubject, 'inventory' | 'debian' | 'purlOf' | 'chain'> {
  /** Returns the rules of an image of the chain. */
  policyOf(image: string): ScanPolicy;
  readonly data: VulnerabilityData;
  /** What a scanner found in addition, if the rules of the image have one. */
  readonly scanner?: ScannerResult | undefined;
  readonly notAffected: VexVerdicts;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** What a re-scan found. */
export interface RescanReport extends Pick<Inventory, 'image' | 'platform' | 'manifest'> {
  readonly data: ScanData;
  readonly notCovered: readonly string[];
  readonly counts: Counts;
  /** Failing ones first. */
  readonly findings: readonly JudgedFinding[];
}

/**
 * Returns what time may change about a published image: its vulnerabilities, and the end of its distribution. What a
 * parent brings counts for the image itself, by the parent's rules: today's parent is another image. Fails with
 * `scan-invalid` as `scan` does, but packages that no lock has any more are only named.
 */
export function rescan(input: RescanInput): Result<RescanReport> {
  const { data, scanner, now } = input;
  const subject = rescanSubject(input);
  const problems = invalidData(data, subject, 'some');
  if (problems.length > 0) return failWith(problems);
  const matches = matchesOfImage(subject, data.go.database);
  const found = findingsInData(subject, { data, matches, scanner, now });
  const findings = inOrder(found.map((finding) => judged(finding, input)));
  const { image, platform, manifest } = input.inventory;
  return ok({
    ...{ image, platform, manifest },
    data: dataOf(data, subject, scanner?.used),
    notCovered: notCovered(data, subject, scanner !== undefined),
    counts: countByStatus(findings),
    findings,
  });
}

/** Returns what a scan may ask of an image of which only the SBOM is read. */
export function rescanSubject(
  input: Pick<ScanSubject, 'inventory' | 'debian' | 'purlOf' | 'chain'>,
): ScanSubject {
  return { ...input, compressedSize: 0, setuid: [] };
}

function judged(finding: Finding, input: RescanInput): JudgedFinding {
  const { inheritedFrom = input.inventory.image, ...own } = finding;
  const notAffected = input.notAffected(finding);
  const known = { ...own, ...adviceOf(finding, input), ...(notAffected && { notAffected }) };
  return judge(known, input.policyOf(inheritedFrom), dayOf(input.now));
}

/** A tool that the workspace no longer has is fixed by publishing the image without it. */
function adviceOf(
  { layer, fixedIn }: Finding,
  { inventory, chain }: RescanInput,
): Pick<Finding, 'advice'> | undefined {
  const owner = inventory.layers.find(({ digest }) => digest === layer)?.owner;
  const isThere = chain.some(({ name, tools }) =>
    [name, ...tools.map((tool) => tool.name)].includes(owner ?? name),
  );
  if (isThere || fixedIn === undefined) return undefined;
  return { advice: `${inventory.image} no longer has ${owner}: publish it again.` };
}
