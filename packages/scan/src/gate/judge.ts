import type { Finding, Ignore, JudgedFinding, Status } from '../finding';
import type { ScanPolicy } from '../policy/merge';

/**
 * Returns what the gate says of a finding. A vulnerability fails if it is severe enough and can be fixed now; all other
 * kinds break rules that the workspace wrote, and fail whatever their severity is.
 *
 * @param today "2026-11-28"
 */
export function judge(finding: Finding, policy: ScanPolicy, today: string): JudgedFinding {
  if (finding.notAffected !== undefined) return { ...finding, status: 'not-affected' };
  const ignore = ignoreFor(finding, policy.ignore, today);
  if (finding.inheritedFrom !== undefined)
    return { ...finding, status: 'inherited', ...(ignore && { ignore }) };
  const status = statusOf(finding, policy);
  if (!ignore) return { ...finding, status };
  if (ignore.expires >= today) return { ...finding, status: 'ignored', ignore };
  return { ...finding, status: status === 'failing' ? 'expired' : status, ignore };
}

function statusOf({ kind, severity, command, advice }: Finding, { fail }: ScanPolicy): Status {
  if (kind !== 'vulnerability') return 'failing';
  if (!fail.includes(severity)) return 'accepted';
  return command === undefined && advice === undefined ? 'not-fixable' : 'failing';
}

/** Of several, the one that counts longest. */
function ignoreFor(
  { id, aliases, component, place }: Finding,
  ignores: readonly Ignore[],
  today: string,
): Ignore | undefined {
  const matching = ignores.filter(
    (one) =>
      [id, ...aliases].includes(one.id) &&
      (one.component === undefined || [component?.name, place].includes(one.component)),
  );
  return matching.find(({ expires }) => expires >= today) ?? matching[0];
}
