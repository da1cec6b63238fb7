import type { Failure } from '../../failure';
import type { CheckOutcome, TestReport } from '../types';

/** Returns a failure for each failed check: command, expected, actual, the last lines. */
export function checkFailures(report: TestReport): Failure[] {
  return report.checks.filter(({ passed }) => !passed).map(failureOf);
}

function failureOf(outcome: CheckOutcome): Failure {
  const { group, title, message = `${group}: ${title}`, hint } = outcome;
  return {
    code: 'check-failed',
    message: `${message}.`,
    ...(hint !== undefined && { hint }),
    details: detailLines(outcome),
  };
}

/** Facts of an outcome, a line each, for display. */
export function detailLines({ command, expected, actual, output = [] }: CheckOutcome): string[] {
  return [
    ...(command === undefined ? [] : [`command:  ${command}`]),
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(actual === undefined ? [] : [`actual:   ${actual}`]),
    ...output.map((line) => `| ${line}`),
  ];
}
