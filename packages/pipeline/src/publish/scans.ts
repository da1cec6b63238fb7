import { scanFailures, type Failure, type Image, type Platform, type Result, ok } from '@image-tooling/model';
import { countsLine, isFailing, type JudgedFinding } from '@image-tooling/scan';
import { readScanPolicy, scanWith } from '../scan';
import type { Session } from '../session';
import type { Evidence } from './evidence';

/** Why platforms may not be published, unless the registry has their digests already; empty if their scan passed. */
export type ScanGate = ReadonlyMap<Platform, readonly Failure[]>;

/**
 * Scans all built platforms of an image, with the vulnerability data of today's commit: it takes a second, and a report
 * in dist/ may be of another day. Returns an empty gate for a workspace without scan.json. Fails as reading that does.
 */
export async function scanGate(
  session: Session,
  image: Image,
  { platforms }: Pick<Evidence, 'platforms'>,
): Promise<Result<ScanGate>> {
  const policy = await readScanPolicy(session, image);
  if (!policy.ok) return policy;
  const gate = new Map<Platform, readonly Failure[]>();
  if (!policy.value) {
    session.context.progress.note(`${image.name} is not scanned (no scan.json)`);
    return ok(gate);
  }
  for (const { platform, manifest } of platforms) {
    if (manifest === undefined) continue;
    const scanned = await scanWith(session, image, platform, policy.value);
    if (!scanned.ok) {
      gate.set(platform, scanned.failures);
      continue;
    }
    const { report } = scanned.value;
    session.context.progress.note(`${image.name} ${platform}: scan ${countsLine(report)}`);
    const failing = report.findings.filter(({ status }) => isFailing(status)).map(lineOf);
    gate.set(platform, scanFailures(image.name, { platform, manifest: report.manifest, failing }, manifest));
  }
  return ok(gate);
}

function lineOf({ id, component, place, status }: JudgedFinding): string {
  const where = component ? `${component.name} ${component.version}` : (place ?? '');
  return `${id} ${where}${status === 'expired' ? ' (its ignore has expired)' : ''}`.trim();
}
