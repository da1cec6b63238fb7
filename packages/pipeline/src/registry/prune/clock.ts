import { fail, ok, type Result } from '@image-tooling/model';

/** Clocks of servers differ by seconds; a larger difference means that one is wrong. */
const SECONDS_APART = 86_400;

/**
 * Checks this machine's clock. Fails with `clock` if the registry's differs by more than a day; accepts a
 * registry without a time.
 */
export function checkClock(registry: string, theirs: Date | undefined, now: number): Result<void> {
  if (!theirs || Math.abs(theirs.getTime() / 1000 - now) <= SECONDS_APART) return ok(undefined);
  return fail({
    code: 'clock',
    message: `The clocks of this machine and of ${registry} are more than a day apart: expired images can't be determined.`,
    hint: 'Set the wrong clock, then run it again. Nothing was deleted.',
    details: [`this machine: ${new Date(now * 1000).toISOString()}`, `the registry: ${theirs.toISOString()}`],
  });
}
