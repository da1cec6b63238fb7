import { DOWNLOAD_TIMINGS, type HttpTimings } from '@image-tooling/host';
import { createDownloader, type Downloader } from '../src';
import type { Result, RunContext } from '@image-tooling/model';

/** Returns a context that reports nothing. */
export function quietContext(signal: AbortSignal = new AbortController().signal): RunContext {
  const nothing = (): void => undefined;
  const step = { status: nothing, output: nothing, done: nothing, failed: nothing };
  return { signal, progress: { step: () => step, note: nothing } };
}

/** Three tries within a fraction of a second. */
const SHORT: HttpTimings = {
  ...DOWNLOAD_TIMINGS,
  connectSeconds: 0.3,
  readAnswerSeconds: 0.3,
  stallSeconds: 0.3,
  tries: 3,
  backoffSeconds: 0.01,
  longestWaitSeconds: 0.5,
};

export function shortTimeouts(timings: Partial<HttpTimings> = {}): Downloader {
  return createDownloader({ env: process.env, timings: { ...SHORT, ...timings } });
}

/** What a person sees of a failed result, with ports and hashes masked. */
export function shown(result: Result<unknown>): string {
  if (result.ok) return 'ok';
  const text = result.failures
    .map(({ code, message, hint, details }) =>
      [`[${code}] ${message}`, ...(hint === undefined ? [] : [`-> ${hint}`]), ...(details ?? [])].join('\n'),
    )
    .join('\n\n');
  return text
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/\b[0-9a-f]{64}\b/g, 'SHA256')
    .replace(/\bkey [0-9a-f]{16}\b/g, 'key KEYID')
    .replace(/\b\d{8}T\d{6}Z\b/g, 'TIME');
}
