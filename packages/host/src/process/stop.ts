import type { ChildProcess } from 'node:child_process';
import type { Failure } from '@image-tooling/model';
import { redact } from '../redact';
import { timerMs } from '../timer-ms';
import { lastLines } from './lines';
import { exitCodeOf, type Argv } from './spawn';

/** When and how a program is stopped. */
export interface StopRules {
  readonly argv: Argv;
  /** Aborting sends SIGTERM to the process group, SIGKILL after `graceSeconds`. */
  readonly signal?: AbortSignal;
  readonly timeoutSeconds?: number;
  /** Default 5; 0 sends SIGKILL immediately. */
  readonly graceSeconds?: number;
  /** Values that never appear in a message: replaced by `***`. */
  readonly secrets?: readonly string[];
}

export type StopReason = 'aborted' | 'timeout';

export interface Stopper {
  /** Settles if even SIGKILL has not closed the program's output: a process outside its group has it open. */
  readonly abandoned: Promise<void>;
  /** Call when the program has ended: returns why it was stopped, if it was. */
  end(): StopReason | undefined;
}

const DEFAULT_GRACE_SECONDS = 5;
const ABANDON_MS = 1000;

/** Stops a process group on abort or time-out: SIGTERM, and SIGKILL after the grace period. */
export function stopGroup(pid: () => number | undefined, rules: StopRules): Stopper {
  let reason: StopReason | undefined;
  const timers: NodeJS.Timeout[] = [];
  let abandon: () => void = () => undefined;
  const abandoned = new Promise<void>((resolve) => (abandon = resolve));
  const later = (work: () => void, ms: number): void => void timers.push(setTimeout(work, ms));
  const kill = (): void => {
    killGroup(pid(), 'SIGKILL');
    later(abandon, ABANDON_MS);
  };
  const stop = (why: StopReason): void => {
    if (reason) return;
    reason = why;
    const grace = rules.graceSeconds ?? DEFAULT_GRACE_SECONDS;
    if (grace === 0) {
      kill();
      return;
    }
    killGroup(pid(), 'SIGTERM');
    later(kill, grace * 1000);
  };
  const onAbort = (): void => stop('aborted');
  rules.signal?.addEventListener('abort', onAbort, { once: true });
  if (rules.timeoutSeconds !== undefined) later(() => stop('timeout'), timerMs(rules.timeoutSeconds));
  return {
    abandoned,
    end() {
      rules.signal?.removeEventListener('abort', onAbort);
      timers.forEach(clearTimeout);
      return reason;
    },
  };
}

/** Signals every process of a group that this user may signal; ignores an empty group. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid !== undefined) signalProcess(-pid, signal);
}

/** Signals one process; ignores one that has ended. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it has ended; EPERM: another user's process has this id now.
  }
}

/**
 * Stops one program, and not its group, on abort: SIGTERM, and SIGKILL after the grace period. Call the result when it
 * has ended.
 */
export function killAfterGrace(child: ChildProcess, signal: AbortSignal | undefined): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGTERM');
    timer = setTimeout(() => child.kill('SIGKILL'), DEFAULT_GRACE_SECONDS * 1000);
  };
  signal?.addEventListener('abort', stop, { once: true });
  return () => {
    signal?.removeEventListener('abort', stop);
    clearTimeout(timer);
  };
}

/** Returns the failure for a program that an abort stopped. */
export function abortedFailure(rules: StopRules): Failure {
  return { code: 'aborted', message: `Stopped while "${rules.argv[0]}" was running.` };
}

/**
 * Returns the failure for a program that Ctrl-C, a closed terminal or SIGTERM ended, by its exit code; undefined if it
 * ended otherwise. Nx sends the signal to a task's programs first and to the task itself 0.1 s later, so nothing here
 * has been aborted by then.
 *
 * @param exitCode 128 + the signal's number, from `exitCodeOf` or chosen by a program that handled the signal
 */
export function interruptedFailure(rules: StopRules, exitCode: number): Failure | undefined {
  const signal = INTERRUPTS.find((name) => exitCode === exitCodeOf(null, name));
  if (signal === undefined) return undefined;
  return { code: 'aborted', message: `Stopped: "${rules.argv[0]}" was ended by ${signal}.` };
}

const INTERRUPTS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/** Returns the failure for a program that ran out of time, with the last lines of its output. */
export function timeoutFailure(rules: StopRules, output: string): Failure {
  return {
    code: 'timeout',
    message: `${shownCommand(rules)} did not end within ${rules.timeoutSeconds} s and was stopped.`,
    details: lastLines(redact(output, rules.secrets)),
  };
}

/** Returns the command as a message shows it: quoted, without secrets. */
export function shownCommand(rules: StopRules): string {
  return redact(`"${rules.argv.join(' ')}"`, rules.secrets);
}
