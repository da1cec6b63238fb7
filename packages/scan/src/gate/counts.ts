import { STATUSES, type JudgedFinding, type Status } from '../finding';

export type Counts = Readonly<Record<Status, number>>;

/** Returns how many findings have each status. */
export function countByStatus(findings: readonly JudgedFinding[]): Counts {
  const counts = STATUSES.map(
    (status) => [status, findings.filter((one) => one.status === status).length] as const,
  );
  return Object.fromEntries(counts) as Counts;
}

/** Returns whether findings of a status fail a scan. */
export function isFailing(status: Status): boolean {
  return status === 'failing' || status === 'expired';
}
