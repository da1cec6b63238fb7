import type { GoModule, NpmPackage } from '@image-tooling/model';
import type { Finding } from '../finding';
import { fixOf } from '../fix/tool';
import { bringerOf, foundIn } from '../origin';
import type { ScanSubject } from '../subject';

/** What a finding says besides the vulnerability itself. */
export type Located = Omit<Finding, 'id' | 'aliases' | 'severity' | 'title'>;

/** Returns where a vulnerable module or package of npm is, and what fixes it. */
export function inTool(
  subject: ScanSubject,
  component: GoModule | NpmPackage,
  fixedIn: string | undefined,
): Located {
  const written = fixedIn === undefined ? undefined : writtenAs(component, fixedIn);
  return {
    kind: 'vulnerability',
    component: foundIn(subject, component),
    ...(component.kind === 'go' && { place: component.program }),
    layer: component.layer,
    ...bringerOf(subject, component.layer, component.tool),
    ...(written !== undefined && { fixedIn: written, ...fixOf(subject, component, written) }),
  };
}

/** Versions of modules begin with "v", those of Go and npm do not. */
function writtenAs(component: GoModule | NpmPackage, version: string): string {
  const isModule = component.kind === 'go' && component.name !== 'stdlib';
  if (isModule) return version.startsWith('v') ? version : `v${version}`;
  return version;
}
