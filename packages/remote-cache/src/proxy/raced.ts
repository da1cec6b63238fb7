import type { IdleTimeout } from '@image-tooling/host';

/** Returns the result of `work`, or rejects with the signal's reason if that is aborted first. */
export async function raced<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined); // It may still fail after an abort.
  signal.throwIfAborted();
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Yields the pieces of a stream. Rejects if none comes for `stallSeconds`, also if the stream ignores signals. */
export async function* withIdleLimit(
  pieces: AsyncIterable<Uint8Array>,
  timeout: IdleTimeout,
  stallSeconds: number,
): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  for (;;) {
    timeout.start(stallSeconds, `sent no byte for ${stallSeconds} s`);
    const next = await raced(iterator.next(), timeout.signal);
    timeout.stop();
    if (next.done === true) return;
    yield next.value;
  }
}
