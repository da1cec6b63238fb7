import { expectedText, problemsOf } from './problems';
import { searchNow, type SearchIn } from './search';
import type { CheckOutcome, CommandOutcome, PlannedCommand } from './types';
import { commandLine } from '../shell-word';
import { cutLine } from './words';

/** Lines of each of the two outputs that a failure shows. */
const LAST_LINES = 10;

/**
 * Returns the outcome of a command check; for a failure with what explains it. `searchIn` gives the result of
 * each of `searchesOf`.
 */
export function judgeCommand(
  planned: PlannedCommand,
  result: CommandOutcome,
  searchIn: SearchIn = searchNow,
): CheckOutcome {
  const { id, group, title, as } = planned;
  const command = commandLine(planned.argv);
  const expected = expectedText(planned);
  const problems = problemsOf(planned, result, searchIn);
  const seen = { id, group, title, as, passed: problems.length === 0, seconds: result.seconds };
  const [first] = problems;
  if (!first) return { ...seen, command, expected };
  const hint = first.hint ?? planned.hint;
  return {
    ...seen,
    command,
    expected,
    actual: problems.map(({ actual }) => actual).join(', '),
    message: `${about(planned, command)}: \`${command}\` ${first.what} (as ${whoText(planned)})`,
    ...(hint !== undefined && { hint }),
    output: [...lastLines('stdout', result.stdout), ...lastLines('stderr', result.stderr)],
  };
}

/** Puts the title first if it differs from the command. */
function about({ group, title }: PlannedCommand, command: string): string {
  return title === command ? group : `${group}: ${title}`;
}

/** "uid 31337, home read-only" */
function whoText({ user, readOnlyHome }: PlannedCommand): string {
  const name = user.split(':')[0] ?? '';
  const who = /^[0-9]+$/.test(name) ? `uid ${name}` : name;
  return readOnlyHome ? `${who}, home read-only` : who;
}

function lastLines(name: string, text: string): string[] {
  const lines = text.trimEnd().split('\n').slice(-LAST_LINES);
  return lines.filter((line) => line !== '').map((line) => `${name}: ${cutLine(line.trimEnd())}`);
}
