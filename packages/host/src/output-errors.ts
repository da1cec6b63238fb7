import type { Failure } from '@image-tooling/model';
import { ioFailure } from './files';

type Output = Pick<NodeJS.WriteStream, 'on' | 'write'> & { readonly writableLength?: number };

/**
 * Watches standard output and standard error; Node would end the process with a stack trace if they can't be written.
 */
export interface OutputErrors {
  /**
   * Waits until all output is written, and returns why output was lost: `disk-full` or `io`. A reader that stopped
   * reading (`image-tooling store ls | head`) is not an error: the command's work and exit code count.
   */
  lost(): Promise<Failure | undefined>;
}

/** Handles the errors of standard output and standard error. */
export function watchOutput(stdout: Output, stderr: Output): OutputErrors {
  let lost: Failure | undefined;
  const watch = (stream: Output, name: string): void =>
    void stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') lost ??= ioFailure(error, name);
    });
  watch(stdout, 'standard output');
  watch(stderr, 'standard error');
  return {
    async lost() {
      await Promise.all([flushed(stdout), flushed(stderr)]);
      return lost;
    },
  };
}

/** A stream reports an error one turn after its write; data in a pipe is written when its reader reads. */
async function flushed(stream: Output): Promise<void> {
  if ((stream.writableLength ?? 0) > 0)
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
  await new Promise((resolve) => setImmediate(resolve));
}
