import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { caught, eachLine, KEPT_BYTES, KeptOutput, openNamedPipe, WHOLE_BYTES } from '@image-tooling/host';
import { ok, type Result } from '@image-tooling/model';
import type { StepCommand } from '../port';

/** The outputs of one command, while it runs and afterwards. */
export interface CommandOutput {
  readonly stdout: KeptOutput;
  readonly stderr: KeptOutput;
  /** Settles when no process has one of them open any more, or on an abort. Never rejects. */
  complete(signal: AbortSignal): Promise<void>;
}

/** Opens the pipes that the next command writes to. Fails with `io`. */
export async function openOutput(
  pipes: string,
  { wholeOutput }: StepCommand,
  onLine?: (line: string) => void,
): Promise<Result<CommandOutput>> {
  const open = (name: string): Promise<Readable> => openNamedPipe(join(pipes, name));
  const opened = await caught(pipes, () => Promise.all([open('out'), open('err')]));
  if (!opened.ok) return opened;
  const [out, err] = opened.value;
  return ok({
    stdout: kept(out, wholeOutput === true ? WHOLE_BYTES : KEPT_BYTES, onLine),
    stderr: kept(err, KEPT_BYTES, onLine),
    complete: (signal) => complete(opened.value, signal),
  });
}

function kept(stream: Readable, bytes: number, onLine?: (line: string) => void): KeptOutput {
  const output = new KeptOutput(bytes);
  stream.on('data', (chunk: Buffer) => output.add(chunk));
  if (onLine) eachLine(stream, onLine);
  return output;
}

async function complete(streams: readonly Readable[], signal: AbortSignal): Promise<void> {
  await Promise.allSettled(streams.map((stream) => finished(stream, { writable: false, signal })));
  for (const stream of streams) stream.destroy();
}
