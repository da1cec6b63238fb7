import { exitText } from './exit-code';
import type { SearchIn, SearchResult } from './search';
import type { CommandOutcome, LinePattern, PlannedCommand } from './types';
import { secondsText } from './words';

/** One way in which a command did not do what was expected. */
export interface CheckProblem {
  /** Completes "`kubectl version` …". */
  readonly what: string;
  /** What happened instead. */
  readonly actual: string;
  /** What to do if the check itself is wrong. */
  readonly hint?: string;
}

type Expected = Pick<PlannedCommand, 'expect' | 'timeoutSeconds'>;

/** Returns what went wrong, causes first: a command that failed also printed less. */
export function problemsOf(
  { expect, timeoutSeconds }: Expected,
  result: CommandOutcome,
  searchIn: SearchIn,
): CheckProblem[] {
  if (result.timedOut) return [timeOut(timeoutSeconds, result.seconds)];
  return [
    ...exitProblems(expect.exitCode, result.exitCode),
    ...missingLines(expect.stdout, result.stdout, 'line', searchIn),
    ...missingLines(expect.stderr, result.stderr, 'line on standard error', searchIn),
    ...slowProblems(expect.seconds, result.seconds),
  ];
}

/** Describes what a command must do. */
export function expectedText({ expect, timeoutSeconds }: Expected): string {
  return [
    `exit code ${expect.exitCode}`,
    ...expect.stdout.map(({ shown }) => `a line that matches ${shown}`),
    ...expect.stderr.map(({ shown }) => `a line on standard error that matches ${shown}`),
    `within ${expect.seconds ?? timeoutSeconds} s`,
  ].join(', ');
}

function timeOut(limit: number, seconds: number): CheckProblem {
  return { what: `did not end within ${limit} s`, actual: `killed after ${secondsText(seconds)}` };
}

function exitProblems(expected: number, actual: number): CheckProblem[] {
  if (actual === expected) return [];
  return [{ what: `ended with ${exitText(actual)}, not ${expected}`, actual: exitText(actual) }];
}

function missingLines(
  patterns: readonly LinePattern[],
  text: string,
  line: string,
  searchIn: SearchIn,
): CheckProblem[] {
  const searched = patterns.map(({ pattern, shown }) => ({ shown, result: searchIn({ pattern, text }) }));
  const shownOf = (result: SearchResult): string[] =>
    searched.filter((one) => one.result === result).map(({ shown }) => shown);
  const [missing, slow] = [shownOf('missing'), shownOf('too-slow')];
  return [
    ...(missing.length === 0 ? [] : [missingProblem(missing.join(' or '), text, line)]),
    ...slow.map((shown) => slowPattern(shown, line)),
  ];
}

/** Nested repetitions can take exponential time to match. */
function slowPattern(shown: string, line: string): CheckProblem {
  return {
    what: `printed an output on which the pattern ${shown} takes too long`,
    actual: `the search for such a ${line} was stopped`,
    hint: 'Write the pattern without a repetition in a repetition, such as (a+)+, or with fewer alternatives.',
  };
}

function missingProblem(shown: string, text: string, line: string): CheckProblem {
  const leftOut = LEFT_OUT.exec(text)?.[1];
  const known = leftOut === undefined ? '' : ` in what was kept (${leftOut} left out)`;
  const actual = text.trim() === '' ? `no ${line} at all` : `no such ${line}${known}`;
  return { what: `printed no ${line} that matches ${shown}`, actual };
}

/** The line that replaces the middle of a long output. */
const LEFT_OUT = /^… (.*) left out …$/m;

function slowProblems(limit: number | undefined, seconds: number): CheckProblem[] {
  if (limit === undefined || seconds <= limit) return [];
  const took = secondsText(seconds);
  return [{ what: `took ${took}, more than the ${limit} s allowed`, actual: took }];
}
