import { constants, open } from 'node:fs';
import { open as openHandle } from 'node:fs/promises';
import { promisify } from 'node:util';

const { O_NOCTTY, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/**
 * Opens a file in one direction and returns its descriptor. A FIFO waits for its other end; an abort ends the wait.
 * Throws file system errors, and the signal's reason.
 */
export async function openOneWay(
  path: string,
  direction: 'read' | 'write',
  signal: AbortSignal | undefined,
): Promise<number> {
  const [own, other] = direction === 'read' ? [O_RDONLY, O_WRONLY] : [O_WRONLY, O_RDONLY];
  const onAbort = (): void => void meet(path, other);
  signal?.throwIfAborted();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await promisify(open)(path, own | O_NOCTTY);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** The open waits in a thread that only the other end can free: be that end for a moment. */
async function meet(path: string, direction: number): Promise<void> {
  const end = await openHandle(path, direction | O_NONBLOCK).catch(() => undefined);
  await end?.close();
}
