import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { IdleTimeout } from '../src/http/timeouts';

describe('IdleTimeout', () => {
  it('that has ended starts no timer: none keeps a process that was stopped', async () => {
    const timeout = new IdleTimeout(new AbortController().signal);
    timeout.end();
    // As an upload does whose next piece was still being read.
    timeout.start(0.01, 'took no byte');
    await sleep(50);
    expect(timeout.signal.aborted).toBe(false);
  });

  it('fires', async () => {
    const timeout = new IdleTimeout(new AbortController().signal);
    timeout.start(0.01, 'took no byte');
    await sleep(50);
    expect(String(timeout.signal.reason)).toContain('took no byte');
    timeout.end();
  });

  it('fires when the caller aborts', () => {
    const caller = new AbortController();
    const timeout = new IdleTimeout(caller.signal);
    caller.abort();
    expect(timeout.signal.aborted).toBe(true);
    timeout.end();
  });
});
