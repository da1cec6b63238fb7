import { PassThrough, pipeline, type Readable, type Writable } from 'node:stream';
import { ok, type Result } from '@image-tooling/model/result';
import { endOf, launch, type LaunchOptions } from './launch';

/** A program whose input or output is a stream of this process: an archiver, a decompressor, a server. */
export interface RunningCommand {
  readonly pid: number;
  readonly stdin: Writable;
  /** Must be read to its end; otherwise the program never ends. */
  readonly stdout: Readable;
  /** Settles when it ends; fails as `run` does. Never rejects. */
  readonly ended: Promise<Result<RunningEnd>>;
}

export interface RunningEnd {
  /** 128 + the signal's number if a signal ended it. */
  readonly exitCode: number;
  /** The last 64 KiB. */
  readonly stderr: string;
}

const STDERR_KEPT = 65_536;

/**
 * Starts a program and leaves it running; the caller handles its streams. Fails with `command-missing`,
 * `command-failed` or `aborted`.
 */
export async function start(options: LaunchOptions): Promise<Result<RunningCommand>> {
  const launched = await launch(options, 'pipe');
  if (!launched.ok) return launched;
  const child = launched.value;
  // Node discards unread output when a program ends; the caller may read it later.
  const stdout = pipeline(child.stdout, new PassThrough({ highWaterMark: 262_144 }), () => undefined);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  const { stdin } = child;
  if (!stdin) throw new Error('a pipe that was asked for');
  // A program that ends early closes its input; its exit code is more helpful than EPIPE.
  stdin.on('error', () => undefined);
  const ended = endOf(child, options, () => stderr).then((end) =>
    end.ok ? ok({ exitCode: end.value, stderr }) : end,
  );
  return ok({ pid: child.pid ?? 0, stdin, stdout, ended });
}
