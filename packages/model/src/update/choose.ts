import type { UpdateLevel } from '../definitions/update-policy';
import type { UpdatePolicy } from './policy';
import { compareToolVersions, isOfSameKind, isToolVersion, levelBetween } from './versions';

/** The versions of a source that are newer than the current one. */
export interface NewerVersions {
  /** What the policy allows, newest first. */
  readonly allowed: readonly string[];
  /** The newest one that is a larger step than the policy allows. */
  readonly beyond?: string;
}

/** Returns the versions of a list that are newer than the current one. */
export function newerVersions(
  versions: readonly string[],
  current: string,
  { level }: Pick<UpdatePolicy, 'level'>,
): NewerVersions {
  const newer = [...new Set(versions)]
    .filter((version) => isToolVersion(version) && isOfSameKind(version, current))
    .filter((version) => compareToolVersions(version, current) > 0)
    .sort((a, b) => compareToolVersions(b, a));
  const allowed = newer.filter((version) => isWithin(levelBetween(current, version), level));
  const [newest] = newer;
  return { allowed, ...(newest !== undefined && newest !== allowed[0] && { beyond: newest }) };
}

const STEPS: readonly UpdateLevel[] = ['none', 'patch', 'minor', 'major'];

function isWithin(step: UpdateLevel, level: UpdateLevel): boolean {
  return STEPS.indexOf(step) <= STEPS.indexOf(level);
}

const DAY_SECONDS = 86_400;

/**
 * Returns when a version may be taken, in seconds since the epoch; undefined if that is now. A version without a date
 * can be taken.
 *
 * @param time when it was published, in seconds since the epoch
 */
export function waitsUntil(
  time: number | undefined,
  { coolDownDays }: Pick<UpdatePolicy, 'coolDownDays'>,
  now: number,
): number | undefined {
  if (time === undefined) return undefined;
  const until = time + coolDownDays * DAY_SECONDS;
  return until > now ? until : undefined;
}
