import type { GoModule, NpmPackage } from '@image-tooling/model';
import type { SemVer } from 'semver';
import type { Finding } from '../finding';
import { toolNamed } from '../origin';
import type { ScanSubject } from '../subject';
import type { GoVulnerabilities, OsvAffected, OsvEntry } from '../vulnerability-data';
import { goVersion } from '../go-version';
import { groupBy } from './group-by';
import { inTool } from './in-tool';
import { affectedRange, versionRanges, type VersionRanges } from './ranges';
import { hasVulnerableCode, type LinkedModule } from './symbols';

type Matched = GoModule | NpmPackage;

/** Names of ecosystems in OSV entries (ossf.github.io/osv-schema, "Defined ecosystems"). */
const ECOSYSTEMS = { go: 'Go', npm: 'npm' } as const;

/** A block of an entry. */
interface Block {
  readonly affected: OsvAffected;
  readonly ranges: VersionRanges;
}

/** The blocks of an entry that are about one module or package. */
interface Candidate {
  readonly entry: OsvEntry;
  readonly blocks: readonly Block[];
}

/** Returns the vulnerabilities of an image's Go modules, Go standard libraries and packages of npm. */
export function osvFindings(subject: ScanSubject, data: GoVulnerabilities): Finding[] {
  const components = subject.inventory.components.filter(
    (one): one is Matched => one.kind === 'go' || one.kind === 'npm',
  );
  const candidates = candidatesByName(data.entries, new Set(components.map(nameOf)));
  const found = components.flatMap((component) => {
    const own = candidates.get(nameOf(component)) ?? [];
    const installed = { component, version: own.length > 0 ? goVersion(component.version) : undefined };
    return own.flatMap((candidate) => findingOf(subject, installed, candidate));
  });
  return merged(found);
}

function nameOf({ kind, name }: Matched): string {
  return nameIn(ECOSYSTEMS[kind], name);
}

function nameIn(ecosystem: string, name: string): string {
  return `${ecosystem} ${name}`;
}

/** Withdrawn entries are left out: they were wrong. */
function candidatesByName(
  entries: readonly OsvEntry[],
  names: ReadonlySet<string>,
): ReadonlyMap<string, Candidate[]> {
  const found = new Map<string, Candidate[]>();
  for (const entry of entries) {
    if (entry.withdrawn !== undefined) continue;
    const byName = groupBy(entry.affected, (one) => nameIn(one.package.ecosystem, one.package.name));
    for (const [name, affected] of byName) {
      if (!names.has(name)) continue;
      const blocks = affected.map((block) => ({ affected: block, ranges: versionRanges(block) }));
      found.set(name, [...(found.get(name) ?? []), { entry, blocks }]);
    }
  }
  return found;
}

/** A component, and its version if that can be compared. */
interface Installed {
  readonly component: Matched;
  readonly version: SemVer | undefined;
}

function findingOf(
  subject: ScanSubject,
  { component, version }: Installed,
  { entry, blocks }: Candidate,
): Finding[] {
  const hits = blocks.flatMap(({ affected, ranges }) => {
    const range = affectedRange(ranges, version);
    return range ? [{ affected, fixedIn: range.fixedIn }] : [];
  });
  if (hits.length === 0) return [];
  const linked = component.kind === 'go' ? linkedModule(subject, component) : undefined;
  const present = hits.filter(({ affected }) =>
    hasVulnerableCode(affected, subject.inventory.platform, linked),
  );
  const fixedIn = [...present, ...hits].find((hit) => hit.fixedIn !== undefined)?.fixedIn;
  return [
    {
      ...inTool(subject, component, fixedIn),
      id: entry.id,
      aliases: [...(entry.aliases ?? [])].sort(),
      severity: 'unknown',
      title: entry.summary ?? entry.id,
      ...(present.length === 0 && { notAffected: 'vulnerable_code_not_present' }),
    },
  ];
}

function linkedModule(
  subject: ScanSubject,
  { program, tool, name, version }: GoModule,
): LinkedModule | undefined {
  const symbols = Object.hasOwn(subject.symbols, program) ? subject.symbols[program] : undefined;
  if (!symbols) return undefined;
  const versions = subject.inventory.components.flatMap((one) =>
    one.kind === 'tool' && one.name === tool ? [`v${one.version}`] : [],
  );
  const isOfMain = name === toolNamed(subject, tool)?.goModule || ['(devel)', ...versions].includes(version);
  return { symbols, isOfMain };
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
