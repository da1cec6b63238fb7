/**
 * `short`: as part of `npm test`, always the same cases. `long`: other cases each time, for as long as there
 * is time.
 */
export type FuzzLength = 'short' | 'long';

export interface FuzzSettings {
  readonly seed: number;
  readonly runs: number;
  readonly seconds: number;
}

/** Seconds of a short run of one target; most end before, by their number of cases. */
const SHORT_SECONDS = 4;
const LONG_SECONDS = 60;

/**
 * Returns how long to run a target. IMAGE_FUZZ_SEED repeats a run, IMAGE_FUZZ_SECONDS sets how long each
 * target takes in long runs (default 60). Throws where they are not whole numbers.
 *
 * @param runs cases of a short run
 */
export function fuzzSettings(length: FuzzLength, runs: number): FuzzSettings {
  const seed = wholeNumber('IMAGE_FUZZ_SEED');
  if (length === 'short') return { seed: seed ?? 1, runs, seconds: SHORT_SECONDS };
  const seconds = wholeNumber('IMAGE_FUZZ_SECONDS') ?? LONG_SECONDS;
  return { seed: seed ?? Date.now() % 2 ** 31, runs: Number.MAX_SAFE_INTEGER, seconds };
}

function wholeNumber(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  if (!/^-?\d{1,10}$/.test(text)) throw new Error(`${name} is "${text}"; it must be a whole number.`);
  return Number(text);
}
