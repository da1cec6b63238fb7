import type { DebianFixes, VulnerabilityData } from './vulnerability-data';

/** Returns what the data has of a Debian release. */
export function fixesOf(
  data: VulnerabilityData['debian'],
  release: string | undefined,
): DebianFixes | undefined {
  return release !== undefined && Object.hasOwn(data, release) ? data[release] : undefined;
}
