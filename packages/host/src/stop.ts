import type { Failure } from '@image-tooling/model';
import { timerMs } from './timer-ms';
import { redact } from './redact';
import { lastLines } from './output';
import { exitCodeOf } from './program';

/** When and how a program is ended before its time. */
export interface StopRules {
  readonly argv: readonly [string, ...string[]];
  readonly signal?: AbortSignal;
  readonly timeoutSeconds?: number;
  readonly graceSeconds?: number;
  readonly secrets?: readonly string[];
}

export type StopReason = 'aborted' | 'timeout';

export interface Stopper {
  /** Settles when even SIGKILL has not closed the program's output: something that left its group holds it. */
  readonly abandoned: Promise<void>;
  /** Call when the program has ended: tells why it was stopped, if it was. */
  end(): StopReason | undefined;
}

const DEFAULT_GRACE_SECONDS = 5;
const ABANDON_MS = 1000;

/** Ends a process group on abort, or when its time is up: SIGTERM, and SIGKILL after the grace. */
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

/** Signals every process of a group that this user may signal; no error where there is none left. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: the group is gone; EPERM: it belongs to another user by now.
  }
}

export function abortedFailure(rules: StopRules): Failure {
  return { code: 'aborted', message: `Stopped while "${rules.argv[0]}" was running.` };
}

/**
 * What a program's exit code says about Ctrl-C, a closed terminal or SIGTERM: undefined if it ended otherwise. Nx sends
 * the signal to a task's programs first and to the task itself 0.1 s later, so nothing here has been aborted by then.
 *
 * @param exitCode 128 + the signal's number, from `exitCodeOf` or chosen by a program that handled the signal
 */
export function interruptedFailure(rules: StopRules, exitCode: number): Failure | undefined {
  const signal = INTERRUPTS.find((name) => exitCode === exitCodeOf(null, name));
  if (signal === undefined) return undefined;
  return { code: 'aborted', message: `Stopped: "${rules.argv[0]}" was ended by ${signal}.` };
}

const INTERRUPTS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

export function timeoutFailure(rules: StopRules, output: string): Failure {
  return {
    code: 'timeout',
    message: `${shownCommand(rules)} did not end within ${rules.timeoutSeconds} s and was stopped.`,
    details: lastLines(redact(output, rules.secrets)),
  };
}

/** The command as a message shows it: quoted, without secrets. */
export function shownCommand(rules: StopRules): string {
  return redact(`"${rules.argv.join(' ')}"`, rules.secrets);
}
