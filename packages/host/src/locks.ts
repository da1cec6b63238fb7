import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, type Result } from '@image-tooling/model';
import { caught } from './fault';
import { makeFolder } from './files';

/** A lock of a dead owner becomes free after this time; a living owner renews it three times as often. */
const STALE_MS = 10_000;
const POLL_MS = 200;

/**
 * Runs `work` while no other process on this machine holds the lock at `path`. Calls `onWait` once if another process
 * holds it. An abort during the wait fails with `aborted`. The lock of a killed or paused owner (Ctrl-Z, a laptop's
 * sleep) is free after 10 s: if another process took the lock during the pause, the signal that `work` got is aborted,
 * and the result is `io` when `work` has ended. Fails with `io` or `disk-full` if the lock can't be created.
 */
export async function withLock<T>(
  path: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result<T>>,
  onWait?: () => void,
): Promise<Result<T>> {
  let waited = false;
  for (;;) {
    if (signal.aborted) return fail({ code: 'aborted', message: `Stopped while waiting for ${path}.` });
    const held = await tryHold(path);
    if (!held.ok) return held;
    if (held.value) return whileHeld(held.value, signal, work);
    if (!waited) onWait?.();
    waited = true;
    await sleep(POLL_MS);
  }
}

async function whileHeld<T>(
  held: HeldLock,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result<T>>,
): Promise<Result<T>> {
  try {
    const result = await work(AbortSignal.any([signal, held.lost]));
    return held.lost.aborted ? lostLock(held.path) : result;
  } finally {
    await held.release();
  }
}

function tryHold(path: string): Promise<Result<HeldLock | undefined>> {
  return caught(path, async () => {
    await makeFolder(dirname(path));
    await writeFile(path, '', { flag: 'a' });
    const held = new HeldLock(path);
    return (await held.take()) ? held : undefined;
  });
}

/** A lock of this process. If it was lost while the process was paused and is free, it is taken again. */
class HeldLock {
  private readonly losing = new AbortController();
  private giveBack: () => Promise<void> = async () => undefined;
  private taking: Promise<unknown> = Promise.resolve();
  private isReleased = false;

  constructor(readonly path: string) {}

  /** Aborted when another process takes the lock. */
  get lost(): AbortSignal {
    return this.losing.signal;
  }

  /** Returns false if another process has it. Throws file system errors. */
  async take(): Promise<boolean> {
    // Loaded when it is needed: many tasks take no lock.
    const { lock } = await import('proper-lockfile');
    try {
      const onCompromised = (): void => void (this.taking = this.takeAgain());
      this.giveBack = await lock(this.path, {
        stale: STALE_MS,
        update: STALE_MS / 3,
        realpath: false,
        onCompromised,
      });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return false;
      throw error;
    }
  }

  /** A lock that can't be released becomes free when it is stale. */
  async release(): Promise<void> {
    this.isReleased = true;
    await this.taking;
    await this.giveBack().catch(() => undefined);
  }

  private async takeAgain(): Promise<void> {
    if (this.isReleased) return;
    if (!(await this.take().catch(() => false))) this.losing.abort();
  }
}

function lostLock(path: string): Result<never> {
  return fail({
    code: 'io',
    message: `This process was paused for more than ${STALE_MS / 1000} s, and another process took its lock ${path}.`,
    hint: 'The results of both may be mixed: run the same command again when the other has ended.',
  });
}
