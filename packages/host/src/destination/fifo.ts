import { constants, open } from 'node:fs';
import { open as openHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const { O_NOCTTY, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/**
 * Opens a file in one direction and returns its descriptor. Opening a FIFO waits for its other end; an abort ends the
 * wait. Throws file system errors, and the signal's reason.
 */
export async function openOneWay(
  path: string,
  direction: 'read' | 'write',
  signal: AbortSignal | undefined,
): Promise<number> {
  const [own, other] = direction === 'read' ? [O_RDONLY, O_WRONLY] : [O_WRONLY, O_RDONLY];
  const opened = new AbortController();
  const onAbort = (): void => void meetUntil(opened.signal, path, other);
  signal?.throwIfAborted();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await promisify(open)(path, own | O_NOCTTY);
  } finally {
    opened.abort();
    signal?.removeEventListener('abort', onAbort);
  }
}

const AGAIN_AFTER_MS = 20;

/** Repeated: on a busy machine the open may not wait yet when we open the other end. */
async function meetUntil(opened: AbortSignal, path: string, direction: number): Promise<void> {
  while (!opened.aborted) {
    await meet(path, direction);
    await sleep(AGAIN_AFTER_MS, undefined, { signal: opened }).catch(() => undefined);
  }
}

/** The open blocks a thread until the other end is opened: opens it briefly. */
async function meet(path: string, direction: number): Promise<void> {
  const end = await openHandle(path, direction | O_NONBLOCK).catch(() => undefined);
  await end?.close();
}
