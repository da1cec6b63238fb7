import { outputTooLarge } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { succeeded, type CommandResult, type Step, type StepCommand } from '../port';
import { timeLimit } from '../time-limit';
import { openOutput, type CommandOutput } from './command-output';
import { enter, userOf, type EntryWork } from './enter';
import type { CommandEnd, Entry } from './entry';

export interface CommandWork extends EntryWork {
  readonly onLine?: (line: string) => void;
}

/**
 * Runs the commands of a step. They share an entry into the container, except for those of another user and
 * those after a command that ended its entry. Fails with `engine` if a command could not be started, with
 * `too-large` if a program can't read all of its output, and with `aborted`.
 */
export async function runCommands(step: Step, work: CommandWork): Promise<Result<CommandResult[]>> {
  const results: CommandResult[] = [];
  let entry: Entry | undefined;
  for (const [index, command] of step.commands.entries()) {
    const entered = await entryFor(command, entry, step, work);
    if (!entered.ok) return entered;
    entry = entered.value;
    const result = await runCommand(command, index, entry, work);
    if (!result.ok) return result;
    results.push(result.value);
    if (step.onFailure === 'stop' && !succeeded(result.value)) break;
  }
  const closed = await entry?.close();
  return closed?.ok === false ? closed : ok(results);
}

/** Returns the last entry if it can run the command, else a new one. */
async function entryFor(
  command: StepCommand,
  last: Entry | undefined,
  step: Step,
  work: CommandWork,
): Promise<Result<Entry>> {
  if (last && !last.isOver && last.user === userOf(command)) return ok(last);
  const closed = await last?.close();
  return closed?.ok === false ? closed : enter(command, step, work);
}

async function runCommand(
  command: StepCommand,
  index: number,
  entry: Entry,
  { rootfs, signal, onLine }: CommandWork,
): Promise<Result<CommandResult>> {
  const output = await openOutput(rootfs.pipes, command, onLine);
  if (!output.ok) return output;
  const end = await entry.run(index, command.timeoutSeconds);
  await completeOutput(output.value, entry, signal);
  return end.ok ? resultOf(command, end.value, output.value) : end;
}

/** How long killed processes may take to close their outputs. */
const KILLED_MS = 5000;

async function completeOutput(output: CommandOutput, { isOver }: Entry, signal: AbortSignal): Promise<void> {
  if (!isOver) return output.complete(signal);
  const limit = timeLimit(KILLED_MS, signal);
  await output.complete(limit.signal);
  limit.end();
}

function resultOf(
  command: StepCommand,
  end: CommandEnd,
  { stdout, stderr }: CommandOutput,
): Result<CommandResult> {
  if (command.wholeOutput === true && !stdout.isWhole) return fail(outputTooLarge(`"${command.argv[0]}"`));
  const text = end.timedOut ? completeLines : (whole: string) => whole;
  return ok({ ...end, stdout: text(stdout.text()), stderr: text(stderr.text()) });
}

function completeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}
