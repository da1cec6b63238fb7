import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok, type Result } from '@image-tooling/model';
import { lock } from 'proper-lockfile';
import { ioFailure, makeFolder } from './files';

/** A lock whose owner died is free after this long; a living owner renews it every third of it. */
const STALE_MS = 10_000;
const POLL_MS = 200;

/**
 * Runs `work` while no other process on this machine holds the lock at `path`. `onWait` is called once
 * when it is taken. Waiting ends with `aborted`. An owner that was killed holds nobody up for longer than 10 s.
 * So does one that was paused (Ctrl-Z, a laptop's sleep): if another process took the lock meanwhile, the signal that
 * `work` is given is aborted, and all ends with `io` when `work` has ended. Fails with `io` or `disk-full` if there can
 * be no lock.
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

async function tryHold(path: string): Promise<Result<HeldLock | undefined>> {
  try {
    await makeFolder(dirname(path));
    await writeFile(path, '', { flag: 'a' });
    const held = new HeldLock(path);
    return ok((await held.take()) ? held : undefined);
  } catch (error) {
    return fail(ioFailure(error, path));
  }
}

/** A lock of this process, which takes it again if it was lost while the process was paused and is free. */
class HeldLock {
  private readonly losing = new AbortController();
  private giveBack: () => Promise<void> = async () => undefined;
  private taking: Promise<unknown> = Promise.resolve();
  private isReleased = false;

  constructor(readonly path: string) {}

  /** Aborted when another process has the lock. */
  get lost(): AbortSignal {
    return this.losing.signal;
  }

  /** False if another process has it. Throws file system errors. */
  async take(): Promise<boolean> {
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

  /** One that can't be given back is free when it is stale. */
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
    message: `This process was paused for more than ${STALE_MS / 1000} s, and another one took its lock ${path}.`,
    hint: 'What both did may be mixed: run the same command again when the other has ended.',
  });
}
