import { fail, ok, type Result } from '@image-tooling/model';

/** Clocks of servers differ by seconds; one that is wrong by more than this is wrong by a year as well. */
const SECONDS_APART = 86_400;

/**
 * Whether this machine's clock may say what has expired. Fails with `clock` where the registry's own is more
 * than a day away; a registry that says no time is believed.
 */
export function checkClock(registry: string, theirs: Date | undefined, now: number): Result<void> {
  if (!theirs || Math.abs(theirs.getTime() / 1000 - now) <= SECONDS_APART) return ok(undefined);
  return fail({
    code: 'clock',
    message: `The clocks of this machine and of ${registry} are more than a day apart: what has expired can't be told.`,
    hint: 'Set the clock that is wrong, then run it again. Nothing was deleted.',
    details: [`this machine: ${new Date(now * 1000).toISOString()}`, `the registry: ${theirs.toISOString()}`],
  });
}
