import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IdleTimeout } from '../src/http/timeouts';

describe('IdleTimeout', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('that has ended starts no timer: none keeps a process that was stopped', () => {
    const timeout = new IdleTimeout(new AbortController().signal);
    timeout.end();
    // As an upload does whose next piece was still being read.
    timeout.start(10, 'took no byte');
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect(timeout.signal.aborted).toBe(false);
  });

  it('fires after the time given', () => {
    const timeout = new IdleTimeout(new AbortController().signal);
    timeout.start(10, 'took no byte');
    vi.advanceTimersByTime(9999);
    expect(timeout.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
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
