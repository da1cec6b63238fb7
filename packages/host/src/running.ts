import { PassThrough, pipeline, type Readable, type Writable } from 'node:stream';
import { fail, ok, type Result } from '@image-tooling/model';
import { exitCodeOf, needProgram, notStarted, spawnGroup } from './program';
import { abortedFailure, interruptedFailure, stopGroup, timeoutFailure, type StopRules } from './stop';

/** A program whose input or output is a stream of this process: an archiver, a decompressor, a server. */
export interface RunningCommand {
  readonly pid: number;
  readonly stdin: Writable;
  /** Must be read to its end, or the program never ends. */
  readonly stdout: Readable;
  /** Its end; fails with `timeout`, or `aborted` as `run` does. Never rejects. */
  readonly ended: Promise<Result<RunningEnd>>;
}

export interface RunningEnd {
  /** 128 + the signal's number where a signal ended it. */
  readonly exitCode: number;
  /** The last 64 KiB. */
  readonly stderr: string;
}

export interface RunningOptions extends StopRules {
  readonly cwd?: string;
  /** The whole environment; default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const STDERR_KEPT = 65_536;

/** Starts a program and leaves it running, its streams in the caller's hands. Fails with `command-missing`. */
export async function start(options: RunningOptions): Promise<Result<RunningCommand>> {
  const [program] = options.argv;
  const found = await needProgram(program, options.env);
  if (!found.ok) return found;
  if (options.signal?.aborted) return fail(abortedFailure(options));

  const child = spawnGroup(options.argv, {
    cwd: options.cwd,
    env: { ...(options.env ?? process.env) },
    stdin: 'pipe',
  });
  if (child instanceof Error) return fail(notStarted(program, child));
  // Node throws away what nobody has begun to read when a program ends; the caller may come later.
  const stdout = pipeline(child.stdout, new PassThrough({ highWaterMark: 262_144 }), () => undefined);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  // A program that ended early closes its input; its exit code says more than EPIPE.
  const { stdin } = child;
  if (!stdin) throw new Error('a pipe that was asked for');
  stdin.on('error', () => undefined);
  const stopper = stopGroup(() => child.pid, options);
  const ended = new Promise<Result<RunningEnd>>((resolve) => {
    const settle = (exitCode: number): void => {
      const stopped = stopper.end();
      if (stopped === 'aborted') resolve(fail(abortedFailure(options)));
      else if (stopped === 'timeout') resolve(fail(timeoutFailure(options, stderr)));
      else resolve(endOf(options, { exitCode, stderr }));
    };
    child.on('error', (error) => {
      stopper.end();
      resolve(fail(notStarted(program, error)));
    });
    child.on('close', (code, signal) => settle(exitCodeOf(code, signal)));
    void stopper.abandoned.then(() => {
      child.stdout.destroy();
      child.stderr.destroy();
      settle(137);
    });
  });
  return ok({ pid: child.pid ?? 0, stdin, stdout, ended });
}

function endOf(options: StopRules, end: RunningEnd): Result<RunningEnd> {
  const interrupted = interruptedFailure(options, end.exitCode);
  return interrupted ? fail(interrupted) : ok(end);
}
