import type { Component, Inventory } from '@image-tooling/model';
import { sourcesWithoutData } from '../match';
import { fixesFor } from '../release-fixes';
import type { ScanSubject } from '../subject';
import type { VulnerabilityData } from '../vulnerability-data';

/**
 * Returns what of an image no data tells of: registries answer no questions about packages of npm, and vendors' programs
 * without build information do not say what is in them.
 *
 * @param hasScanner whether a scanner was run: its answer was checked for packages of npm (`checkedMatches`)
 */
export function notCovered(data: VulnerabilityData, subject: ScanSubject, hasScanner: boolean): string[] {
  const { components, unread } = subject.inventory;
  const base = baseWithoutPackages(subject.inventory);
  const hasNpm = components.some(({ kind }) => kind === 'npm');
  const debian = fixesFor(subject, data);
  const { gone = [], unknown = [] } = debian ? sourcesWithoutData(subject, debian) : {};
  return [
    ...(base === undefined ? [] : [base]),
    ...(hasNpm && !hasScanner && !data.go.database.hasEcosystem('npm') ? ['packages of npm'] : []),
    ...opaqueTools(components).map((name) => `programs of ${name}`),
    ...unread.map(({ path, reason }) => `${path} (${reason})`),
    ...gone.map((name) => `${name}, which the Debian archive no longer has`),
    ...unknown.map((name) => `${name}, which no lock has any more`),
  ];
}

/** Other distributions than Debian have other package managers. */
function baseWithoutPackages({ layers, components, os }: Inventory): string | undefined {
  const bases = layers.filter(({ kind }) => kind === 'base').map(({ digest }) => digest);
  const isKnown = components.some((one) => one.kind === 'deb' && bases.includes(one.layer));
  return bases.length === 0 || isKnown
    ? undefined
    : `packages of the base image (${os?.id ?? 'unknown system'})`;
}

function opaqueTools(components: readonly Component[]): string[] {
  const readable = new Set(
    components.flatMap((one) => (one.kind === 'go' || one.kind === 'npm' ? [one.tool] : [])),
  );
  const tools = components.flatMap((one) => (one.kind === 'tool' ? [one.name] : []));
  return [...new Set(tools)].filter((name) => !readable.has(name)).sort();
}
