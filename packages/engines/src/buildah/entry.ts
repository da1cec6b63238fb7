import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { timerMs, type RunningCommand } from '@image-tooling/host';
import { ok, type Result } from '@image-tooling/model';
import { OVER } from './entry-scripts';

/** How a command ended. */
export interface CommandEnd {
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly seconds: number;
}

/** A shell in the container that runs commands of one user, one after the other. */
export class Entry {
  /** Whether its shell has ended, so that it can't run another command. */
  isOver = false;
  private readonly lines: Interface;
  private readonly over: Promise<void>;

  /** `stop` kills the program with all that is in the container. */
  constructor(
    readonly user: string,
    private readonly program: RunningCommand,
    private readonly stop: () => void,
  ) {
    this.lines = createInterface({ input: program.stdout });
    this.over = finished(program.stdout).catch(() => undefined);
  }

  /** Waits until commands can be run. Returns false if the shell was not started. */
  async isReady(): Promise<boolean> {
    return (await this.nextLine()) !== undefined;
  }

  /**
   * Runs the command with this number in the step, and ends all processes that it leaves. After its time limit, or if
   * it kills the container's shell, the command ends as if it was killed, and the entry is over. Fails with `aborted`.
   */
  async run(index: number, timeoutSeconds?: number): Promise<Result<CommandEnd>> {
    const began = performance.now();
    const limit = startLimit(timeoutSeconds, this.stop);
    const line = this.nextLine();
    this.program.stdin.write(`${index}\n`);
    const end = await line;
    const timedOut = limit.stop();
    this.isOver = timedOut || end === undefined || end.endsWith(OVER);
    if (end !== undefined) return ok(endIn(end));
    const ended = await this.program.ended;
    if (!ended.ok && !timedOut) return ended;
    return ok({ exitCode: KILLED, timedOut, seconds: rounded((performance.now() - began) / 1000) });
  }

  /** Ends it, and waits until buildah has removed its own files from the container. Fails with `aborted`. */
  async close(): Promise<Result<void>> {
    this.program.stdin.end();
    const ended = await this.program.ended;
    return ended.ok || this.isOver ? ok(undefined) : ended;
  }

  private async nextLine(): Promise<string | undefined> {
    const line = once(this.lines, 'line').then(([text]) => String(text));
    return Promise.race([line, this.over.then(() => undefined)]);
  }
}

/** Calls `onLate` after some seconds, unless it is stopped before; `stop` returns whether it was too late. */
function startLimit(seconds: number | undefined, onLate: () => void): { stop(): boolean } {
  let isLate = false;
  const late = (): void => {
    isLate = true;
    onLate();
  };
  const timer = seconds === undefined ? undefined : setTimeout(late, timerMs(seconds));
  return {
    stop() {
      clearTimeout(timer);
      return isLate;
    },
  };
}

/** 128 + SIGKILL. */
const KILLED = 137;

/** Reads what the container's shell says of a command: its exit code, and when it began and ended. */
function endIn(line: string): CommandEnd {
  const [exitCode = NaN, began = NaN, ended = NaN] = line.split(' ').map(Number);
  return { exitCode, timedOut: false, seconds: rounded(ended - began) };
}

/** Rounds to the precision of /proc/uptime (proc(5)). */
function rounded(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
