import type { Inventory } from '../../inventory';

/** A vulnerability that a scan found in a component. */
export interface KnownVulnerability {
  readonly id: string;
  readonly severity: string;
  readonly component: string;
  readonly version: string;
}

/** A version of an image, and what scans found in it. */
export interface ScannedVersion {
  readonly inventory: Inventory;
  readonly vulnerabilities: readonly KnownVulnerability[];
}

export interface VulnerabilityChanges {
  readonly fixed: readonly KnownVulnerability[];
  readonly added: readonly KnownVulnerability[];
}

/**
 * Returns the vulnerabilities that a version of an image fixes and brings. Scans are of different days: what was found
 * in a component that both versions have is news about it, not a change of the image.
 */
export function vulnerabilityChanges(before: ScannedVersion, after: ScannedVersion): VulnerabilityChanges {
  return { fixed: onlyIn(before, after), added: onlyIn(after, before) };
}

function onlyIn(one: ScannedVersion, other: ScannedVersion): KnownVulnerability[] {
  const there = new Set(other.inventory.components.flatMap(namesOf));
  const found = one.vulnerabilities.filter(({ component, version }) => !there.has(keyOf(component, version)));
  const byKey = new Map(found.map((row) => [JSON.stringify([row.id, row.component, row.version]), row]));
  return [...byKey.values()].sort((a, b) => order(a).localeCompare(order(b), 'en', { numeric: true }));
}

/** Findings of Debian packages name the package or its source. */
function namesOf(component: Inventory['components'][number]): string[] {
  if (component.kind === 'file') return [];
  const own = keyOf(component.name, component.version);
  return component.kind === 'deb' ? [own, keyOf(component.source.name, component.source.version)] : [own];
}

function keyOf(name: string, version: string): string {
  return `${name} ${version}`;
}

function order({ component, id }: KnownVulnerability): string {
  return `${component} ${id}`;
}
