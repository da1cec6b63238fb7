import type { CheckOutcome } from '../types';

/** Outcomes by group, groups in the order of their first outcome. */
export function byGroup(checks: readonly CheckOutcome[]): Map<string, CheckOutcome[]> {
  const groups = new Map<string, CheckOutcome[]>();
  for (const check of checks) groups.set(check.group, [...(groups.get(check.group) ?? []), check]);
  return groups;
}

export function failedOf(checks: readonly CheckOutcome[]): CheckOutcome[] {
  return checks.filter(({ passed }) => !passed);
}

/** Seconds that all checks took together. */
export function secondsOf(checks: readonly CheckOutcome[]): number {
  return checks.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
}
