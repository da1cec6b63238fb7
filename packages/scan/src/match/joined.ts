import type { Finding } from '../finding';

/**
 * Returns findings of package registries and of a scanner as one list: those of the same vulnerability in the same
 * component are one, with the scanner's severity and what registries know of functions and fixes.
 */
export function joinedFindings(ours: readonly Finding[], scanners: readonly Finding[]): Finding[] {
  const byComponent = new Map<string, Finding[]>();
  for (const finding of ours) addTo(byComponent, finding);
  for (const finding of scanners) {
    const there = byComponent.get(keyOf(finding)) ?? [];
    const at = there.findIndex((one) => isSame(one, finding));
    if (at < 0) addTo(byComponent, finding);
    else there[at] = joined(there[at] as Finding, finding);
  }
  return [...byComponent.values()].flat();
}

function addTo(found: Map<string, Finding[]>, finding: Finding): void {
  const key = keyOf(finding);
  found.set(key, [...(found.get(key) ?? []), finding]);
}

/** Findings of other kinds have no component of their own. */
function keyOf({ kind, component, layer }: Finding): string {
  return [kind, component?.name, component?.version, layer].join('\n');
}

function isSame(one: Finding, other: Finding): boolean {
  const ids = new Set([one.id, ...one.aliases]);
  return [other.id, ...other.aliases].some((id) => ids.has(id));
}

function joined(one: Finding, other: Finding): Finding {
  const aliases = new Set([...one.aliases, other.id, ...other.aliases]);
  aliases.delete(one.id);
  return {
    ...other,
    ...one,
    aliases: [...aliases].sort(),
    severity: other.severity === 'unknown' ? one.severity : other.severity,
    title: other.title === other.id ? one.title : other.title,
  };
}
