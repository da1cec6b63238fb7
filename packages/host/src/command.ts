import { bytesText, fail, ok, type Failure, type Result } from '@image-tooling/model';
import { KeptOutput } from './kept-output';
import { eachLine, lastLines } from './output';
import { exitCodeOf, needProgram, notStarted, spawnGroup } from './program';
import { redact } from './redact';
import { abortedFailure, interruptedFailure, shownCommand, stopGroup, timeoutFailure } from './stop';

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
  /** Bytes to keep of each output for people (see `KeptOutput`); default: all, and more than 128 MB is a failure. */
  readonly keepBytes?: number;
  /** Values that never appear in a message: replaced by `***`. */
  readonly secrets?: readonly string[];
}

export interface HostResult {
  /** 128 + the signal's number where a signal ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a program may print that is read as a whole: a quarter of what a string can hold. */
const WHOLE_BYTES = 128_000_000;

/**
 * Runs a program to its end. Fails with `command-missing` (no such program), `command-failed` (it could not be started),
 * `too-large` (it printed too much), `timeout`, or `aborted`, also where it was somebody else who sent SIGINT, SIGTERM or
 * SIGHUP. Any other exit code is no failure here, see `mustRun`.
 */
export async function run(command: HostCommand): Promise<Result<HostResult>> {
  const found = await needProgram(command.argv[0], command.env);
  if (!found.ok) return found;
  if (command.signal?.aborted) return fail(abortedFailure(command));
  const child = started(command);
  if (child instanceof Error) return fail(notStarted(command.argv[0], child));
  const outputs = {
    stdout: new KeptOutput(command.keepBytes ?? WHOLE_BYTES),
    stderr: new KeptOutput(command.keepBytes),
  };
  listen(child, outputs, command);
  const stopper = stopGroup(() => child.pid, command);
  void stopper.abandoned.then(() => [child.stdout, child.stderr].forEach((stream) => stream.destroy()));
  const end = await ended(child);
  const stopped = stopper.end();
  if (stopped === 'aborted') return fail(abortedFailure(command));
  if (stopped === 'timeout')
    return fail(timeoutFailure(command, `${outputs.stdout.text()}${outputs.stderr.text()}`));
  if (end instanceof Error) return fail(notStarted(command.argv[0], end));
  const interrupted = interruptedFailure(command, end);
  if (interrupted) return fail(interrupted);
  if (command.keepBytes === undefined && !outputs.stdout.isWhole) return fail(tooMuch(command));
  return ok({ exitCode: end, stdout: outputs.stdout.text(), stderr: outputs.stderr.text() });
}

type Child = Exclude<ReturnType<typeof spawnGroup>, Error>;

function started({ argv, cwd, env, input }: HostCommand): Child | Error {
  const child = spawnGroup(argv, {
    cwd,
    env: { ...(env ?? process.env) },
    stdin: input === undefined ? 'ignore' : 'pipe',
  });
  // A program that ended early closes its input; its exit code says more than EPIPE.
  if (!(child instanceof Error)) child.stdin?.on('error', () => undefined).end(input);
  return child;
}

type Outputs = Readonly<Record<'stdout' | 'stderr', KeptOutput>>;

function listen(child: Child, outputs: Outputs, { onLine }: HostCommand): void {
  for (const from of ['stdout', 'stderr'] as const) {
    child[from].on('data', (chunk: Buffer) => outputs[from].add(chunk));
    if (onLine) eachLine(child[from], (line) => onLine(line, from));
  }
}

/** Its exit code, when all that it printed is read; or why it could not be started. */
function ended(child: Child): Promise<number | Error> {
  return new Promise((resolve) => {
    child.on('error', resolve);
    child.on('close', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}

function tooMuch(command: HostCommand): Failure {
  return {
    code: 'too-large',
    message: `${shownCommand(command)} printed more than ${bytesText(WHOLE_BYTES)}, which can't be read.`,
  };
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
