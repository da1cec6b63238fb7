import { exitText } from './exit-code';
import type { SearchIn, SearchResult } from './search';
import type { CommandOutcome, LinePattern, PlannedCommand } from './types';
import { secondsText } from './words';

/** One way in which a command did not do what was expected. */
export interface Fault {
  /** Completes "`kubectl version` …". */
  readonly what: string;
  /** What was seen instead. */
  readonly actual: string;
  /** What to do, where the check itself is at fault. */
  readonly hint?: string;
}

type Expected = Pick<PlannedCommand, 'expect' | 'timeoutSeconds'>;

/** What went wrong, the cause before its consequences: what failed has printed less, too. */
export function faultsOf(
  { expect, timeoutSeconds }: Expected,
  result: CommandOutcome,
  searchIn: SearchIn,
): Fault[] {
  if (result.timedOut) return [timeOut(timeoutSeconds, result.seconds)];
  return [
    ...exitFaults(expect.exitCode, result.exitCode),
    ...missingLines(expect.stdout, result.stdout, 'line', searchIn),
    ...missingLines(expect.stderr, result.stderr, 'line on standard error', searchIn),
    ...slowFaults(expect.seconds, result.seconds),
  ];
}

/** What a command must do, in words. */
export function expectedText({ expect, timeoutSeconds }: Expected): string {
  return [
    `exit code ${expect.exitCode}`,
    ...expect.stdout.map(({ shown }) => `a line that matches ${shown}`),
    ...expect.stderr.map(({ shown }) => `a line on standard error that matches ${shown}`),
    `within ${expect.seconds ?? timeoutSeconds} s`,
  ].join(', ');
}

function timeOut(limit: number, seconds: number): Fault {
  return { what: `did not end within ${limit} s`, actual: `killed after ${secondsText(seconds)}` };
}

function exitFaults(expected: number, actual: number): Fault[] {
  if (actual === expected) return [];
  return [{ what: `ended with ${exitText(actual)}, not ${expected}`, actual: exitText(actual) }];
}

function missingLines(
  patterns: readonly LinePattern[],
  text: string,
  line: string,
  searchIn: SearchIn,
): Fault[] {
  const searched = patterns.map(({ pattern, shown }) => ({ shown, result: searchIn({ pattern, text }) }));
  const shownOf = (result: SearchResult): string[] =>
    searched.filter((one) => one.result === result).map(({ shown }) => shown);
  const [missing, slow] = [shownOf('missing'), shownOf('too-slow')];
  return [
    ...(missing.length === 0 ? [] : [missingFault(missing.join(' or '), text, line)]),
    ...slow.map((shown) => slowPattern(shown, line)),
  ];
}

/** Nested repetitions have more ways to match than can be tried. */
function slowPattern(shown: string, line: string): Fault {
  return {
    what: `printed what the pattern ${shown} takes too long for`,
    actual: `the search for such a ${line} was stopped`,
    hint: 'Write the pattern without a repetition in a repetition, such as (a+)+, or with fewer alternatives.',
  };
}

function missingFault(shown: string, text: string, line: string): Fault {
  const leftOut = LEFT_OUT.exec(text)?.[1];
  const known = leftOut === undefined ? '' : ` in what was kept (${leftOut} left out)`;
  const actual = text.trim() === '' ? `no ${line} at all` : `no such ${line}${known}`;
  return { what: `printed no ${line} that matches ${shown}`, actual };
}

/** The line that stands for the middle of an output that is too long to be kept. */
const LEFT_OUT = /^… (.*) left out …$/m;

function slowFaults(limit: number | undefined, seconds: number): Fault[] {
  if (limit === undefined || seconds <= limit) return [];
  const took = secondsText(seconds);
  return [{ what: `took ${took}, more than the ${limit} s allowed`, actual: took }];
}
