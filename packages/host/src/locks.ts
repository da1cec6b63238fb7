import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, type Result } from '@image-tooling/model';
import { lock } from 'proper-lockfile';
import { makeFolder } from './files';

/** A lock whose owner died is free after this long; a living owner renews it every third of it. */
const STALE_MS = 10_000;
const POLL_MS = 200;

/**
 * Runs `work` while no other process on this machine holds the lock at `path`. `onWait` is called once
 * when it is taken. Waiting ends with `aborted`. An owner that was killed holds nobody up for longer than 10 s.
 */
export async function withLock<T>(
  path: string,
  signal: AbortSignal,
  work: () => Promise<Result<T>>,
  onWait?: () => void,
): Promise<Result<T>> {
  await makeFolder(dirname(path));
  await writeFile(path, '', { flag: 'a' });
  let waited = false;
  for (;;) {
    if (signal.aborted) return fail({ code: 'aborted', message: `Stopped while waiting for ${path}.` });
    const release = await tryLock(path);
    if (release) {
      try {
        return await work();
      } finally {
        await release();
      }
    }
    if (!waited) onWait?.();
    waited = true;
    await sleep(POLL_MS);
  }
}

async function tryLock(path: string): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lock(path, { stale: STALE_MS, update: STALE_MS / 3, realpath: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    throw error;
  }
}
