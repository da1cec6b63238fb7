import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Patience } from '../src/registry/transport/patience';

describe('patience', () => {
  it('that has ended waits for nothing more: no clock keeps a process that was stopped', async () => {
    const patience = new Patience(new AbortController().signal);
    patience.end();
    // As an upload does whose next piece was still being read.
    patience.wait(0.01, 'took no byte');
    await sleep(50);
    expect(patience.signal.aborted).toBe(false);
  });

  it('runs out', async () => {
    const patience = new Patience(new AbortController().signal);
    patience.wait(0.01, 'took no byte');
    await sleep(50);
    expect(String(patience.signal.reason)).toContain('took no byte');
    patience.end();
  });

  it('is over when the caller stops', () => {
    const caller = new AbortController();
    const patience = new Patience(caller.signal);
    caller.abort();
    expect(patience.signal.aborted).toBe(true);
    patience.end();
  });
});
