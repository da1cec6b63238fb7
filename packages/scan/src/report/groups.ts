import type { JudgedFinding, Status } from '../finding';
import { higherVersion } from '../higher-version';

/** Findings of one component with the same verdict: one row of a table. */
export interface FindingGroup {
  readonly status: Status;
  /** The component, or the place. */
  readonly name: string;
  readonly version: string;
  /** The highest version that fixes one of them; empty if none does. */
  readonly fixedIn: string;
  readonly owner: string;
  readonly findings: readonly JudgedFinding[];
}

/** Returns findings by status, component and owner, in their order. */
export function groups(findings: readonly JudgedFinding[]): FindingGroup[] {
  const found = new Map<string, FindingGroup>();
  for (const finding of findings) {
    const { status, component, place = '', owner, fixedIn = '' } = finding;
    const [name, version] = component ? [component.name, component.version] : [place, ''];
    const key = [status, name, version, owner].join('\n');
    const before = found.get(key);
    found.set(key, {
      ...{ status, name, version, owner },
      fixedIn: before ? higherVersion(before.fixedIn, fixedIn) : fixedIn,
      findings: [...(before?.findings ?? []), finding],
    });
  }
  return [...found.values()];
}
