import { compare, type SemVer } from 'semver';
import type { OsvAffected } from '../osv-database';
import { goVersion } from '../go-version';

/** Whether a version is affected, and the first later version that is not. */
export interface RangeHit {
  readonly fixedIn?: string;
}

interface Event {
  readonly at: SemVer;
  readonly kind: 'introduced' | 'fixed';
  readonly text: string;
}

/** The ranges of a block, each with its events in the order of versions. */
export type VersionRanges = readonly (readonly Event[])[];

/** Parses the ranges of a block that are compared as versions of Go and npm are. */
export function versionRanges({ ranges = [] }: Pick<OsvAffected, 'ranges'>): VersionRanges {
  return ranges.filter(({ type }) => type === 'SEMVER').map(({ events }) => sorted(events));
}

/**
 * Returns the range that holds a version (OSV schema, "Evaluation"); undefined if none does. An unknown version counts
 * as affected: nothing says that it is not.
 */
export function affectedRange(ranges: VersionRanges, version: SemVer | undefined): RangeHit | undefined {
  if (ranges.length === 0) return {};
  const hits = ranges.flatMap((events) => rangeHit(events, version) ?? []);
  return hits.find(({ fixedIn }) => fixedIn !== undefined) ?? hits[0];
}

function rangeHit(events: readonly Event[], version: SemVer | undefined): RangeHit | undefined {
  if (version === undefined) return hitBefore(events.filter(({ kind }) => kind === 'fixed').at(-1));
  const past = events.filter(({ at }) => compare(at, version) <= 0);
  if (past.at(-1)?.kind !== 'introduced') return undefined;
  return hitBefore(events.find(({ at, kind }) => kind === 'fixed' && compare(at, version) > 0));
}

function hitBefore(fix: Event | undefined): RangeHit {
  return fix ? { fixedIn: fix.text } : {};
}

/** "0" is before all versions, also before v0.0.0-… (OSV schema, "introduced"). */
const FIRST_VERSION = '0.0.0-0';

/** At the same version, a fix comes after what it fixes. */
function sorted(events: NonNullable<OsvAffected['ranges']>[number]['events']): Event[] {
  return events
    .flatMap(({ introduced, fixed }) => [...event('introduced', introduced), ...event('fixed', fixed)])
    .sort((a, b) => compare(a.at, b.at) || a.kind.localeCompare(b.kind) * -1);
}

function event(kind: Event['kind'], text: string | undefined): Event[] {
  const at = text === undefined ? undefined : goVersion(text === '0' ? FIRST_VERSION : text);
  return at && text !== undefined ? [{ at, kind, text }] : [];
}
