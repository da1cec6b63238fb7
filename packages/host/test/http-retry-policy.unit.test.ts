import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ProxyError } from '../src/network';
import { requestErrorOf } from '../src/http/request-errors';
import { askedWait, backoff, isRetried, type HttpRequest, type Outcome, type RequestError } from '../src';

const TIMINGS = {
  tries: 6,
  timeoutTries: 2,
  backoffSeconds: 0.25,
  shortestWaitSeconds: 0.2,
  longestWaitSeconds: 3,
  longestAskedWaitSeconds: 60,
};

const answer = (status: number, headers: Record<string, string> = {}): Outcome => ({
  ...{ status, headers, body: Readable.from([]), url: new URL('https://a.example/') },
});
const lost: RequestError = { code: 'network', words: 'broke the connection', mayHaveActed: true };
const silent: RequestError = { ...lost, code: 'timeout' };
const unsent: RequestError = { ...lost, mayHaveActed: false };

describe('a request', () => {
  const answerIfDone = async () => undefined;
  it.each<[string, Outcome, Pick<HttpRequest, 'method' | 'repeatable' | 'answerIfDone'>, number, boolean]>([
    ['a read after 408', answer(408), { method: 'GET' }, 1, true],
    ['a read after 425', answer(425), { method: 'GET' }, 1, true],
    ['a read after 503', answer(503), { method: 'HEAD' }, 5, true],
    ['a read after 503, six times', answer(503), { method: 'GET' }, 6, false],
    ['a read after 404', answer(404), { method: 'GET' }, 1, false],
    ['a read after 501', answer(501), { method: 'GET' }, 1, false],
    ['a read after 505', answer(505), { method: 'GET' }, 1, false],
    ['a read after 507', answer(507), { method: 'GET' }, 1, false],
    ['a read that should wait too long', answer(503, { 'retry-after': '61' }), { method: 'GET' }, 1, false],
    ['an upload after 429, which was not taken', answer(429), { method: 'PATCH' }, 1, true],
    ['an upload after 503', answer(503), { method: 'PATCH' }, 1, false],
    ['a POST after 503', answer(503), { method: 'POST' }, 1, false],
    ['a POST that may be repeated', answer(503), { method: 'POST', repeatable: true }, 1, true],
    ['a PUT after 503', answer(503), { method: 'PUT' }, 1, true],
    ['a PUT that may not be repeated', lost, { method: 'PUT', repeatable: false }, 1, false],
    ['a PUT that can be asked for', lost, { method: 'PUT', repeatable: false, answerIfDone }, 1, true],
    ['an upload that was not sent', unsent, { method: 'PATCH' }, 5, true],
    ['a read that timed out', silent, { method: 'GET' }, 1, true],
    ['a read that timed out twice', silent, { method: 'GET' }, 2, false],
    ['a read without a connection in time', { ...unsent, code: 'timeout' }, { method: 'GET' }, 5, true],
    ['a read of no host', { ...unsent, lasting: true }, { method: 'GET' }, 1, false],
    ['a read that was aborted', { ...lost, code: 'aborted' }, { method: 'GET' }, 1, false],
  ])('%s', (_, outcome, request, failedTries, expected) =>
    expect(isRetried(outcome, request, TIMINGS, failedTries)).toBe(expected),
  );
});

describe('an error of a connection', () => {
  const PUT = { method: 'PUT', repeatable: false } as const;
  const GET = { method: 'GET' } as const;

  it.each<[string, boolean, boolean]>([
    ['EAI_AGAIN', true, true],
    ['ECONNREFUSED', true, true],
    ['EHOSTUNREACH', true, true],
    ['ENETUNREACH', true, true],
    ['UND_ERR_CONNECT_TIMEOUT', true, true],
    ['ECONNRESET', true, false],
    ['EPIPE', true, false],
    ['UND_ERR_SOCKET', true, false],
    ['ETIMEDOUT', true, false],
    ['ENOTFOUND', false, false],
    ['EPROTO', false, false],
    ['ERR_SSL_WRONG_VERSION_NUMBER', false, false],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', false, false],
    ['UND_ERR_CLOSED', false, false],
    ['UND_ERR_DESTROYED', false, false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', false, false],
  ])('%s: a read is tried again: %s, a write that may do harm: %s', (code, read, write) => {
    const error = requestErrorOf(Object.assign(new Error('broken'), { code }), {});
    expect([isRetried(error, GET, TIMINGS, 1), isRetried(error, PUT, TIMINGS, 1)]).toEqual([read, write]);
  });

  it.each([true, false])(
    'of a proxy that refuses for ever (%s) is tried again where it may pass',
    (lasting) => {
      const error = requestErrorOf(new ProxyError('refuses', 'ask its owner', lasting), {});
      expect(isRetried(error, PUT, TIMINGS, 1)).toBe(!lasting);
    },
  );

  it('that is not HTTP may have taken effect', () => {
    const strange = Object.assign(new Error('… (Invalid status code)'), { name: 'HTTPParserError' });
    const error = requestErrorOf(strange, {});
    expect(error.words).toBe('gave an answer that is not HTTP (Invalid status code)');
    expect(isRetried(error, PUT, TIMINGS, 1)).toBe(false);
  });

  it('that is a bug is thrown', () => {
    expect(() => requestErrorOf(new TypeError('no function'), {})).toThrow('no function');
  });
});

describe('the wait before the next try', () => {
  it('doubles, with a jitter, within its bounds', () => {
    const waits = [1, 2, 3, 4, 5, 6].map((tries) => backoff(TIMINGS, tries, 0.5));
    expect(waits).toEqual([0.25, 0.5, 1, 2, 3, 3]);
    expect(backoff(TIMINGS, 2, 0)).toBeCloseTo(0.45);
    expect(backoff(TIMINGS, 2, 1)).toBeCloseTo(0.55);
  });

  it.each([
    ['120', 120],
    ['Fri, 01 Jan 2010 00:00:30 GMT', 30],
    ['Thu, 31 Dec 2009 00:00:00 GMT', 0],
    ['soon', undefined],
    ['-1', undefined],
  ])('asked for as %s is read against the clock of the server', (asked, seconds) => {
    expect(askedWait({ 'retry-after': asked, date: 'Fri, 01 Jan 2010 00:00:00 GMT' })).toBe(seconds);
  });
});
