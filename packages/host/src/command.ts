import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { constants } from 'node:os';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { redact } from './redact';

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
  /** Default 5. */
  readonly graceSeconds?: number;
  /** Lines of stdout and stderr as they come. */
  readonly onLine?: (line: string) => void;
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
  const { $, which } = await import('zx');
  const [program] = command.argv;
  if (!(await which(program, { nothrow: true, path: command.env?.['PATH'] ?? process.env['PATH'] ?? '' })))
    return fail({
      code: 'command-missing',
      message: `The program "${program}" is not on this machine.`,
      hint: 'Run ./bootstrap, which installs what is missing.',
    });
  if (command.signal?.aborted) return fail(aborted(program));

  const child = $({
    quiet: true,
    nothrow: true,
    detached: true,
    cwd: command.cwd,
    env: command.env ?? process.env,
    input: command.input === undefined ? undefined : Buffer.from(command.input),
    stdio: [command.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })`exec ${command.argv}`;
  const stopper = stopGroup(() => child.pid, command);
  if (command.onLine) for (const stream of [child.stdout, child.stderr]) eachLine(stream, command.onLine);
  const end = await child;
  const stopped = stopper.end();
  if (stopped === 'aborted') return fail(aborted(program));
  if (stopped === 'timeout') return fail(timedOut(command, `${end.stdout}${end.stderr}`));
  return ok({ exitCode: end.exitCode ?? signalCode(end.signal), stdout: end.stdout, stderr: end.stderr });
}

/** As `run`, but an exit code other than 0 is a `command-failed` with the last lines of output. */
export async function mustRun(command: HostCommand): Promise<Result<HostResult>> {
  const result = await run(command);
  if (!result.ok || result.value.exitCode === 0) return result;
  const { exitCode, stdout, stderr } = result.value;
  return fail({
    code: 'command-failed',
    message: `${shown(command)} ended with exit code ${exitCode}.`,
    details: lastLines(redact(stderr.trim() === '' ? stdout : stderr, command.secrets)),
  });
}

/** The last lines of a program's output, for a failure's details. */
export function lastLines(output: string, count = 20): string[] {
  return output.trimEnd().split('\n').slice(-count);
}

type StopReason = 'aborted' | 'timeout';

/** Ends the command's process group on abort or when its time is up; `end` tells which it was, if any. */
function stopGroup(pid: () => number | undefined, command: HostCommand): { end(): StopReason | undefined } {
  let reason: StopReason | undefined;
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (why: StopReason): void => {
    if (reason) return;
    reason = why;
    killGroup(pid(), 'SIGTERM');
    killTimer = setTimeout(() => killGroup(pid(), 'SIGKILL'), (command.graceSeconds ?? 5) * 1000);
  };
  const onAbort = (): void => stop('aborted');
  command.signal?.addEventListener('abort', onAbort, { once: true });
  const timer =
    command.timeoutSeconds === undefined
      ? undefined
      : setTimeout(() => stop('timeout'), command.timeoutSeconds * 1000);
  return {
    end() {
      command.signal?.removeEventListener('abort', onAbort);
      clearTimeout(timer);
      clearTimeout(killTimer);
      return reason;
    },
  };
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

function eachLine(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
}

function signalCode(signal: NodeJS.Signals | null): number {
  return signal === null ? 1 : 128 + constants.signals[signal];
}

function shown(command: HostCommand): string {
  return redact(`"${command.argv.join(' ')}"`, command.secrets);
}

function aborted(program: string): Failure {
  return { code: 'aborted', message: `Stopped while "${program}" was running.` };
}

function timedOut(command: HostCommand, output: string): Failure {
  return {
    code: 'timeout',
    message: `${shown(command)} did not end within ${command.timeoutSeconds} s and was stopped.`,
    details: lastLines(redact(output, command.secrets)),
  };
}
