import { fail, ok, type FailureCode, type Result } from '@image-tooling/model';
import { describe, expect, it } from 'vitest';
import { withRetries } from '../src/go/fetch/retry';

const NO_PAUSES = [0, 0];

/** Fails as told, one after the other, then succeeds. */
function attempts(...failures: readonly { code: FailureCode; details?: readonly string[] }[]) {
  let count = 0;
  return {
    run: (): Promise<Result<string>> => {
      const failure = failures[count++];
      return Promise.resolve(failure ? fail({ message: 'failed', ...failure }) : ok('fetched'));
    },
    count: () => count,
  };
}

describe('fetching again', () => {
  const signal = new AbortController().signal;

  it('succeeds after a short network failure', async () => {
    const flaky = attempts({ code: 'network' }, { code: 'timeout' });
    expect(await withRetries(signal, flaky.run, NO_PAUSES)).toEqual(ok('fetched'));
    expect(flaky.count()).toBe(3);
  });

  it('ends after the third attempt', async () => {
    const down = attempts({ code: 'network' }, { code: 'network' }, { code: 'network' }, { code: 'network' });
    expect((await withRetries(signal, down.run, NO_PAUSES)).ok).toBe(false);
    expect(down.count()).toBe(3);
  });

  it.each([
    ['other bytes than were locked', { code: 'go-sum' as const }],
    ['a missing file', { code: 'network' as const, details: ['reading x: 404 Not Found'] }],
    ['an untrusted certificate', { code: 'network' as const, details: ['tls: x509: unknown authority'] }],
  ])('is not tried after %s', async (_, failure) => {
    const refused = attempts(failure);
    expect((await withRetries(signal, refused.run, NO_PAUSES)).ok).toBe(false);
    expect(refused.count()).toBe(1);
  });

  it('is not tried once the run is aborted', async () => {
    const controller = new AbortController();
    const down = attempts({ code: 'network' });
    const running = withRetries(controller.signal, down.run, [60]);
    controller.abort();
    await running;
    expect(down.count()).toBeLessThanOrEqual(2);
  });
});
