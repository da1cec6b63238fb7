import { SEVERITIES } from '@image-tooling/model';
import { STATUSES, type JudgedFinding } from '../finding';

/** Returns findings in the order of reports: by status, severity, owner, component and id. */
export function inOrder(findings: readonly JudgedFinding[]): JudgedFinding[] {
  return findings
    .map((finding) => ({ finding, key: keyOf(finding) }))
    .sort(
      ({ finding: a, key }, { finding: b, key: other }) =>
        STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status) ||
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        compareText(key, other),
    )
    .map(({ finding }) => finding);
}

function keyOf({ owner, component, id, place }: JudgedFinding): string {
  return [owner, component?.name, component?.version, id, place].join('\n');
}

/** Without the machine's language, so that reports are the same everywhere. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
