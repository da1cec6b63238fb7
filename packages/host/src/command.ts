import { fail, ok, type Result } from '@image-tooling/model';
import { eachLine, lastLines } from './output';
import { exitCodeOf, needProgram } from './program';
import { redact } from './redact';
import { abortedFailure, shownCommand, stopGroup, timeoutFailure } from './stop';

/** A program of the host to run, by its arguments: nothing in them is read as shell syntax. */
export interface HostCommand {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** The whole environment; default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
  /** Aborting sends SIGTERM to the process group, SIGKILL after `graceSeconds`. */
  readonly signal?: AbortSignal;
  readonly timeoutSeconds?: number;
  /** Default 5; 0 is SIGKILL at once. */
  readonly graceSeconds?: number;
  /** Lines of stdout and stderr as they come. */
  readonly onLine?: (line: string, from: 'stdout' | 'stderr') => void;
  /** Values that never appear in a message: replaced by `***`. */
  readonly secrets?: readonly string[];
}

export interface HostResult {
  /** 128 + the signal's number where a signal ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end. Fails with `command-missing` (no such program), `timeout` or `aborted`;
 * an exit code other than 0 is no failure here, see `mustRun`.
 */
export async function run(command: HostCommand): Promise<Result<HostResult>> {
  const found = await needProgram(command.argv[0], command.env);
  if (!found.ok) return found;
  if (command.signal?.aborted) return fail(abortedFailure(command));

  const { $ } = await import('zx');
  const child = $({
    quiet: true,
    nothrow: true,
    detached: true,
    cwd: command.cwd,
    env: { ...(command.env ?? process.env) },
    input: command.input === undefined ? undefined : Buffer.from(command.input),
    stdio: [command.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })`exec ${command.argv}`;
  const stopper = stopGroup(() => child.pid, command);
  const { onLine } = command;
  if (onLine)
    for (const from of ['stdout', 'stderr'] as const) eachLine(child[from], (line) => onLine(line, from));
  void stopper.abandoned.then(() => [child.stdout, child.stderr].forEach((stream) => stream.destroy()));
  const end = await child;
  const stopped = stopper.end();
  if (stopped === 'aborted') return fail(abortedFailure(command));
  if (stopped === 'timeout') return fail(timeoutFailure(command, `${end.stdout}${end.stderr}`));
  return ok({ exitCode: exitCodeOf(end.exitCode, end.signal), stdout: end.stdout, stderr: end.stderr });
}

/** As `run`, but an exit code other than 0 is a `command-failed` with the last lines of output. */
export async function mustRun(command: HostCommand): Promise<Result<HostResult>> {
  const result = await run(command);
  if (!result.ok || result.value.exitCode === 0) return result;
  const { exitCode, stdout, stderr } = result.value;
  return fail({
    code: 'command-failed',
    message: `${shownCommand(command)} ended with exit code ${exitCode}.`,
    details: lastLines(redact(stderr.trim() === '' ? stdout : stderr, command.secrets)),
  });
}
