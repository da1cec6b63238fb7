import { availableParallelism } from 'node:os';

/** Bytes of tar in one zstd frame or gzip member. A part of every layer's digest: never change it. */
export const CHUNK = 8 * 1024 * 1024;

/** Compresses one chunk; must return the same bytes on every machine. */
export type CompressChunk = (chunk: Uint8Array) => Promise<Uint8Array>;

/** Chunks that are compressed concurrently, one more than keeps the processor busy; each needs about 20 MiB. */
const IN_WORK = Math.min(availableParallelism() + 1, 4);

/** Splits a stream into chunks, compresses them concurrently, and yields them in order. */
export async function* compressChunks(
  source: AsyncIterable<Uint8Array>,
  compress: CompressChunk,
): AsyncGenerator<Uint8Array> {
  const free: Buffer<ArrayBuffer>[] = [];
  const inWork: Promise<Uint8Array>[] = [];
  const start = (buffer: Buffer<ArrayBuffer>, length: number): void => {
    const work = compress(buffer.subarray(0, length)).finally(() => free.push(buffer));
    work.catch(() => undefined); // Awaited below, in order.
    inWork.push(work);
  };
  let buffer = Buffer.allocUnsafeSlow(CHUNK);
  let used = 0;
  for await (const piece of source)
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + CHUNK - used);
      buffer.set(part, used);
      used += part.length;
      at += part.length;
      if (used < CHUNK) continue;
      const done = inWork.length >= IN_WORK ? await inWork.shift() : undefined;
      start(buffer, used);
      if (done) yield done; // After the start: a thread compresses while the consumer works.
      buffer = free.pop() ?? Buffer.allocUnsafeSlow(CHUNK);
      used = 0;
    }
  if (used > 0) start(buffer, used);
  while (inWork.length > 0) yield await inWork.shift()!;
}
