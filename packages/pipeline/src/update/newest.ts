import { newerVersions, ok, waitsUntil, type Result, type UpdatePolicy } from '@image-tooling/model';
import type { VersionList } from './lists';
import type { ToolUpdate, WaitingVersion } from './types';

/** The version to take, and newer ones that are not taken. */
export type Newest = Pick<ToolUpdate, 'to' | 'published' | 'waiting' | 'beyond'>;

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
  const left = (): Newest => ({ ...(waiting && { waiting }), ...(beyond !== undefined && { beyond }) });
  for (const to of allowed) {
    const time = await list.timeOf(to);
    if (!time.ok) return time;
    const { value: published } = time;
    const until = waitsUntil(published, policy, now);
    if (until === undefined) return ok({ to, ...(published !== undefined && { published }), ...left() });
    waiting ??= { version: to, until };
  }
  return ok(left());
}
