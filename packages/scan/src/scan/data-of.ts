import type { Component } from '@image-tooling/model';
import { fixesFor } from '../release-fixes';
import type { ScanData, UsedScanner } from '../report/types';
import type { ScanSubject } from '../subject';
import type { VulnerabilityData } from '../vulnerability-data';

/** Returns what the vulnerabilities of an image were looked up in. */
export function dataOf(
  data: VulnerabilityData | undefined,
  subject: ScanSubject,
  scanner?: UsedScanner,
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
