import * as fc from 'fast-check';
import { bytesInUse, mostBytes } from './memory';
import { fuzzSettings, type FuzzLength } from './settings';
import { startWatchdog, type Watchdog } from './watchdog';

export interface FuzzTarget<T> {
  readonly name: string;
  readonly values: fc.Arbitrary<T>;
  /** Cases of a short run. */
  readonly runs: number;
  /** Throws, or rejects, if a case shows a bug. */
  readonly check: (value: T) => unknown;
  /** The value, in the form for an ordinary test. */
  readonly show: (value: T) => string;
}

/** Milliseconds that one case may wait for something: far more than any needs. */
const CASE_MS = 30_000;
const SHOWN_CHARACTERS = 4000;
/** What a run may keep: caches of modules and compiled patterns, not what its cases were made of. */
const MOST_KEPT = 96 * 1024 ** 2;
/** What a run may need in addition at any time. */
const MOST_NEEDED = 1024 ** 3;

/**
 * Tries a target with many values. Rejects with the smallest value that shows a bug (a thrown or uncaught
 * error, a case that does not end), and with the seed that repeats the run: IMAGE_FUZZ_SEED; or where memory
 * grew with the number of cases.
 * Returns the number of cases.
 */
export async function fuzz<T>(target: FuzzTarget<T>, length: FuzzLength): Promise<number> {
  const { seed, runs, seconds } = fuzzSettings(length, target.runs);
  const watchdog = startWatchdog();
  const uncaught = catchUncaught();
  const [inUse, most] = [bytesInUse(), mostBytes()];
  const describe = (value: T): string =>
    `IMAGE_FUZZ_SEED=${seed}, ${target.name}: ${target.show(value).slice(0, SHOWN_CHARACTERS)}`;
  let last: Promise<unknown> = Promise.resolve();
  let cases = 0;
  const property = fc.asyncProperty(target.values, async (value) => {
    watchdog.begin(describe(value));
    last = Promise.resolve(target.check(value));
    await last;
    uncaught.check();
  });
  try {
    const found = await fc.check(property, {
      seed,
      numRuns: runs,
      timeout: CASE_MS,
      interruptAfterTimeLimit: seconds * 1000,
    });
    await ended(last, watchdog);
    if (found.counterexample)
      throw new Error(`Case ${found.numRuns} of ${describe(found.counterexample[0])}`, {
        cause: found.errorInstance,
      });
    cases = found.numRuns;
    if (cases === 0) throw new Error(`${target.name}: no case ended within ${seconds} s`);
  } finally {
    uncaught.stop();
    await watchdog.stop();
  }
  checkMemory(target.name, bytesInUse() - inUse, mostBytes() - most);
  return cases;
}

/** A case that is interrupted at the end of the time continues, and uses what its test removes. */
async function ended(last: Promise<unknown>, watchdog: Watchdog): Promise<void> {
  watchdog.begin('the last case, which was interrupted');
  await last.catch(() => undefined);
}

function checkMemory(name: string, kept: number, needed: number): void {
  if (kept > MOST_KEPT) throw new Error(`${name}: ${kept} bytes are kept after all cases`);
  if (needed > MOST_NEEDED) throw new Error(`${name}: some case needed ${needed} bytes of memory`);
}

/** Errors without a caller: in events and in promises that are not awaited. */
function catchUncaught(): { check(): void; stop(): void } {
  const found: unknown[] = [];
  const take = (error: unknown): void => void found.push(error);
  process.on('uncaughtException', take);
  process.on('unhandledRejection', take);
  return {
    check() {
      if (found.length > 0) throw new Error('an uncaught error', { cause: found.splice(0)[0] });
    },
    stop() {
      process.off('uncaughtException', take);
      process.off('unhandledRejection', take);
    },
  };
}
