import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../fault';
import type { Context } from '../context';
import { DEFAULT_TIMINGS } from '../options';
import { backoff } from './retry-policy';

/** Waits before something that failed `failedTries` times is tried again. Throws a `Fault` with `aborted`. */
export async function pauseAfter({ options }: Context, failedTries: number): Promise<void> {
  const seconds = backoff({ ...DEFAULT_TIMINGS, ...options.timings }, failedTries, Math.random());
  try {
    await sleep(seconds * 1000, undefined, { signal: options.signal });
  } catch {
    throw new Fault({ code: 'aborted', message: 'Stopped while waiting for a registry.' });
  }
}
