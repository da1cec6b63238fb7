import { SEVERITIES, sortedByText } from '@image-tooling/model';
import { STATUSES, type JudgedFinding } from '../finding';

/** Returns findings in the order of reports: by status, severity, owner, component and id. */
export function inOrder(findings: readonly JudgedFinding[]): JudgedFinding[] {
  return sortedByText(findings, keyOf);
}

/** There are fewer than ten of both, so their numbers have one digit. */
function keyOf({ status, severity, owner, component, id, place }: JudgedFinding): string {
  const ranks = `${STATUSES.indexOf(status)}${SEVERITIES.indexOf(severity)}`;
  return [ranks, owner, component?.name, component?.version, id, place].join('\n');
}
