import { dayOf } from '@image-tooling/model';
import type { Finding } from '../finding';
import { bottomOf } from '../origin';
import type { ScanSubject } from '../subject';
import type { DebianFixes } from '../vulnerability-data';

/**
 * Returns a finding if Debian gives the release of an image no security fixes any more.
 *
 * @param now seconds since the epoch
 */
export function endOfLifeFindings(
  subject: ScanSubject,
  { suite, endOfLife, endOfLongTermSupport = endOfLife }: DebianFixes,
  now: number,
): Finding[] {
  const hasDebian = subject.inventory.components.some(({ kind }) => kind === 'deb');
  if (!hasDebian || endOfLongTermSupport === undefined || now < endOfLongTermSupport) return [];
  const bottom = bottomOf(subject);
  return [
    {
      kind: 'end-of-life',
      id: 'debian-end-of-life',
      aliases: [],
      severity: 'high',
      title: `Debian ${suite} gets no security fixes since ${dayOf(endOfLongTermSupport)}`,
      component: { name: 'debian', version: suite, purls: [] },
      ...bottom,
      advice: `Set "from" to a newer Debian release in ${bottom.file}, then run: npx nx run ${bottom.owner}:lock --family`,
    },
  ];
}
