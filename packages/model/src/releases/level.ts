import { compare, inc } from 'semver';
import { versionOf } from '../publish/tags/versions';

/** How much of a version a change raises. */
export type ChangeLevel = 'major' | 'minor' | 'patch';

const LEVELS: readonly ChangeLevel[] = ['major', 'minor', 'patch'];

/** Conventional Commits 1.0.0: "type(scope)!: description"; types in any case (item 15). */
const HEADER = /^(?<type>[a-z]+)(?:\([^()\r\n]*\))?(?<breaking>!)?: ./i;
/** Items 8 to 12 and 16: a footer in upper case. */
const BREAKING_FOOTER = /^BREAKING[ -]CHANGE: ./m;

/** Returns the level of a commit by its message. Messages that are not conventional count as `patch`. */
export function changeLevel(message: string): ChangeLevel {
  const { type, breaking } = HEADER.exec(message)?.groups ?? {};
  if (breaking || BREAKING_FOOTER.test(message)) return 'major';
  return type?.toLowerCase() === 'feat' ? 'minor' : 'patch';
}

/** Returns the highest level; `patch` of none. */
export function highestLevel(levels: readonly ChangeLevel[]): ChangeLevel {
  return LEVELS.find((level) => levels.includes(level)) ?? 'patch';
}

/**
 * Returns the version after a change. Of 0.y.z a breaking change raises y and everything else z: anything may change
 * before 1.0.0 (SemVer 2.0.0, item 4), and nothing but a git tag leaves 0.y.z.
 */
export function raisedVersion(version: string, level: ChangeLevel): string {
  const isInitial = versionOf(version).major === 0;
  const raised = inc(version, isInitial ? (level === 'major' ? 'minor' : 'patch') : level);
  if (raised === null) throw new Error(`${version} is not a version, but was validated as one`);
  return raised;
}

/** Returns the highest of `versions` that is lower than `version`; undefined without one. */
export function versionBefore(version: string, versions: readonly string[]): string | undefined {
  const lower = versions.filter((one) => compare(one, version) < 0);
  return lower.sort((a, b) => compare(b, a))[0];
}
