import { formatFailures, type Result } from '@image-tooling/model';

/**
 * What only a bug brings into a message: stack traces, JavaScript's own errors, values that were not put into
 * words.
 */
const OF_A_BUG =
  /\n\s+at .*:\d+:\d+|\b(?:TypeError|RangeError|ReferenceError)\b|Cannot (?:read|convert|destructure)|is not (?:a function|iterable)|Maximum call stack|Invalid (?:array length|string length)|\[object \w+\]/;
/** Those that a terminal would act on (ECMA-48), and halves of characters. */
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Surrogate}/u;
/** More than anybody reads. */
const MOST_TEXT = 200_000;

/** Throws where a result's failures are not fit for a user: empty, endless, unprintable, or showing a bug. */
export function cleanFailures(result: Result<unknown>): void {
  if (result.ok) return;
  const text = formatFailures(result.failures);
  if (result.failures.some(({ message }) => message.trim() === ''))
    throw new Error('a failure without a message');
  if (text.length > MOST_TEXT) throw new Error(`failures of ${text.length} characters`);
  if (OF_A_BUG.test(text)) throw new Error(`failures that show a bug:\n${text.slice(0, 2000)}`);
  if (UNPRINTABLE.test(text))
    throw new Error(`failures that can't be printed: ${JSON.stringify(text.slice(0, 2000))}`);
}
