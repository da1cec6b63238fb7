import type { Finding } from '../finding';
import type { ScanSubject } from '../subject';
import { inTool } from './in-tool';
import type { MatchesByLayer, ModuleMatch } from './module-matches';
import { modulesIn, type ModuleComponent } from './modules';

/** Returns the vulnerabilities of an image's Go modules, Go standard libraries and packages of npm. */
export function osvFindings(subject: ScanSubject, matches: MatchesByLayer): Finding[] {
  const found = [...matches].flatMap(([layer, ofLayer]) => {
    const modules = modulesIn(subject, layer);
    return ofLayer.map((match) => findingOf(subject, modules[match.module]!, match));
  });
  return merged(found);
}

function findingOf(
  subject: ScanSubject,
  component: ModuleComponent,
  { id, aliases, title, fixedIn, isAbsent }: ModuleMatch,
): Finding {
  return {
    ...inTool(subject, component, fixedIn),
    id,
    aliases,
    severity: 'unknown',
    title,
    ...(isAbsent && { notAffected: 'vulnerable_code_not_present' }),
  };
}

/** Returns one finding for the programs of a tool that have the same module: affected if one of them is. */
function merged(findings: readonly Finding[]): Finding[] {
  const found = new Map<string, Finding>();
  for (const one of findings) {
    const key = [one.id, one.component?.name, one.component?.version, one.layer].join('\n');
    const other = found.get(key);
    if (!other || (other.notAffected !== undefined && one.notAffected === undefined)) found.set(key, one);
  }
  return [...found.values()];
}
