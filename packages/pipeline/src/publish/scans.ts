import {
  chainOf,
  ok,
  scanFailures,
  type Digest,
  type Failure,
  type Image,
  type Platform,
  type Result,
} from '@image-tooling/model';
import { countsLine, isFailing, type JudgedFinding } from '@image-tooling/scan';
import { scanWith, type ScanRules } from '../scan';
import { readScanPolicy } from '../scan-policy';
import type { Session } from '../session';
import { vulnerabilityReader } from '../vulnerability-data';
import type { Evidence } from './evidence';

/** Why platforms may not be published, unless the registry has their digests already; empty if their scan passed. */
export type ScanGate = ReadonlyMap<Platform, readonly Failure[]>;

/**
 * Scans all built platforms of an image and its parents, with the vulnerability data of today's commit: it takes a
 * second, and a report in dist/ may be of another day. A child's own scan only counts what a parent brings, so a parent
 * that fails its scan keeps its children from being published. Without scan.json, nothing is scanned and nothing
 * refused. Fails as reading that does.
 */
export async function scanGate(
  session: Session,
  image: Image,
  { platforms }: Pick<Evidence, 'platforms'>,
): Promise<Result<ScanGate>> {
  const gate = new Map<Platform, readonly Failure[]>();
  const scanned: ScannedImage[] = [];
  const readData = vulnerabilityReader(session);
  for (const one of chainOf(image)) {
    const policy = await readScanPolicy(session, one);
    if (!policy.ok) return policy;
    if (policy.value) scanned.push({ image: one, rules: { policy: policy.value, readData } });
  }
  if (scanned.length === 0) session.context.progress.note(`${image.name} is not scanned (no scan.json)`);
  for (const { platform, manifest } of platforms) {
    if (manifest === undefined) continue;
    const failures: Failure[] = [];
    for (const one of scanned)
      failures.push(
        ...(await platformFailures(session, one, platform, one.image === image ? manifest : undefined)),
      );
    gate.set(platform, failures);
  }
  return ok(gate);
}

interface ScannedImage {
  readonly image: Image;
  readonly rules: ScanRules;
}

/** `built`: the digest that must have been scanned; undefined for a parent, whose layers count. */
async function platformFailures(
  session: Session,
  { image, rules }: ScannedImage,
  platform: Platform,
  built: Digest | undefined,
): Promise<readonly Failure[]> {
  const scanned = await scanWith(session, image, platform, rules);
  if (!scanned.ok) return scanned.failures;
  const { report } = scanned.value;
  session.context.progress.note(`${image.name} ${platform}: scan ${countsLine(report)}`);
  const failing = report.findings.filter(({ status }) => isFailing(status)).map(lineOf);
  return scanFailures(image.name, { platform, manifest: report.manifest, failing }, built ?? report.manifest);
}

function lineOf({ id, component, place, status }: JudgedFinding): string {
  const where = component ? `${component.name} ${component.version}` : (place ?? '');
  return `${id} ${where}${status === 'expired' ? ' (its ignore has expired)' : ''}`.trim();
}
