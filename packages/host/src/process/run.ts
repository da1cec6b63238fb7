import { fail, ok, type Result } from '@image-tooling/model/result';
import { redact } from '../redact';
import { KeptOutput, outputTooLarge, WHOLE_BYTES } from './kept-output';
import { endOf, launch, type LaunchedChild, type LaunchOptions } from './launch';
import { eachLine, lastLines } from './lines';
import { shownCommand } from './stop';

/** A program of the host to run, with its arguments, without a shell. */
export interface HostCommand extends LaunchOptions {
  /** Its standard input; default: empty. */
  readonly input?: string | Uint8Array;
  /** It inherits this process's standard input, for programs that configure a terminal (stty). */
  readonly inheritsInput?: boolean;
  /** Called with each line of stdout and stderr as it comes. */
  readonly onLine?: (line: string, from: 'stdout' | 'stderr') => void;
  /** Bytes to keep of each output for users (see `KeptOutput`); default: all, and more than 128 MB is a failure. */
  readonly keepBytes?: number;
}

export interface HostResult {
  /** 128 + the signal's number if a signal ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end. Fails with `command-missing` (no such program), `command-failed` (it could not be
 * started), `too-large` (it printed too much), `timeout`, or `aborted`, also where another process sent SIGINT,
 * SIGTERM or SIGHUP. Any other exit code is a success here, see `mustRun`.
 */
export async function run(command: HostCommand): Promise<Result<HostResult>> {
  const launched = await launch(command, inputKind(command));
  if (!launched.ok) return launched;
  const child = launched.value;
  const outputs = {
    stdout: new KeptOutput(command.keepBytes ?? WHOLE_BYTES),
    stderr: new KeptOutput(command.keepBytes),
  };
  listen(child, outputs, command);
  // A program that ends early closes its input; its exit code is more helpful than EPIPE.
  child.stdin?.on('error', () => undefined).end(command.input);
  const end = await endOf(child, command, () => `${outputs.stdout.text()}${outputs.stderr.text()}`);
  if (!end.ok) return end;
  if (command.keepBytes === undefined && !outputs.stdout.isWhole)
    return fail(outputTooLarge(shownCommand(command)));
  return ok({ exitCode: end.value, stdout: outputs.stdout.text(), stderr: outputs.stderr.text() });
}

function inputKind({ input, inheritsInput }: HostCommand): 'pipe' | 'ignore' | 'inherit' {
  if (inheritsInput === true) return 'inherit';
  return input === undefined ? 'ignore' : 'pipe';
}

type Outputs = Readonly<Record<'stdout' | 'stderr', KeptOutput>>;

function listen(child: LaunchedChild, outputs: Outputs, { onLine }: HostCommand): void {
  for (const from of ['stdout', 'stderr'] as const) {
    child[from].on('data', (chunk: Buffer) => outputs[from].add(chunk));
    if (onLine) eachLine(child[from], (line) => onLine(line, from));
  }
}

/** Runs a program as `run` does. An exit code other than 0 is a `command-failed` with the last lines of output. */
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
