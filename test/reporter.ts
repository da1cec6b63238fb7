import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node';

/** The last lines of a run: what tests left behind and why some were skipped, then the numbers, alone on a line. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    const lines = summary(modules, errors.length, reason);
    // Other reporters print at the same event; this comes after all of them.
    process.once('exit', () => process.stdout.write(`${[...leftFiles(), ...lines].join('\n')}\n`));
  }
}

/** Where temporary files are this run's own (`scripts/test`), what is left when vitest has removed its own. */
function leftFiles(): string[] {
  if (process.env['TMPDIR_OF_RUN'] === undefined) return [];
  return readdirSync(tmpdir()).map((name) => `left in ${tmpdir()}: ${name}`);
}

function summary(modules: readonly TestModule[], errors: number, reason: TestRunEndReason): string[] {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
  const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
  const failed = count('failed') + brokenFiles + errors + (reason === 'interrupted' ? 1 : 0);
  const skipped = count('skipped');
  const numbers = [
    `${count('passed')} passed`,
    `${failed} failed`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return ['', ...skipReasons(modules), numbers.join(', ')];
}

/** A test says why it is skipped by `context.skip('reason')`. */
function skipReasons(modules: readonly TestModule[]): string[] {
  return modules
    .flatMap((module) => [...module.children.allTests('skipped')])
    .map((test) => {
      const result = test.result();
      const why = result.state === 'skipped' && result.note ? result.note : 'no reason given';
      return `skipped: ${test.fullName}: ${why}`;
    });
}
