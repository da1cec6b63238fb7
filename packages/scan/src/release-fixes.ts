import type { ScanSubject } from './subject';
import type { DebianFixes, VulnerabilityData } from './vulnerability-data';

/** Returns what the data has of the Debian release of an image; undefined if it is of another system, or unknown. */
export function fixesFor(
  { debian: release }: ScanSubject,
  { debian }: VulnerabilityData,
): DebianFixes | undefined {
  return release !== undefined && Object.hasOwn(debian, release) ? debian[release] : undefined;
}
