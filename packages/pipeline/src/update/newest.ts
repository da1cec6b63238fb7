import { newerVersions, ok, waitsUntil, type Result, type UpdatePolicy } from '@image-tooling/model';
import type { VersionList } from './lists';
import type { WaitingVersion } from './types';

/** The version to take, and newer ones that are not taken. */
export interface Newest {
  readonly version?: string;
  /** When it was published, in seconds since the epoch. */
  readonly published?: number;
  readonly waiting?: WaitingVersion;
  readonly beyond?: string;
}

/**
 * Returns the newest version that a policy allows. Asks for dates from the newest version down to the first that is old
 * enough. Fails as `timeOf` does.
 *
 * @param now in seconds since the epoch
 */
export async function newestAllowed(
  list: VersionList,
  current: string,
  policy: UpdatePolicy,
  now: number,
): Promise<Result<Newest>> {
  const { allowed, beyond } = newerVersions(list.versions, current, policy);
  let waiting: WaitingVersion | undefined;
  for (const version of allowed) {
    const time = await list.timeOf(version);
    if (!time.ok) return time;
    const until = waitsUntil(time.value, policy, now);
    if (until === undefined)
      return ok({
        version,
        ...(time.value !== undefined && { published: time.value }),
        ...(waiting && { waiting }),
        ...(beyond !== undefined && { beyond }),
      });
    waiting ??= { version, until };
  }
  return ok({ ...(waiting && { waiting }), ...(beyond !== undefined && { beyond }) });
}
