import type { FailureCode } from '@image-tooling/model';
import type { Expected } from './attempt';

/** Why one try at one address failed. */
export interface Refusal {
  readonly code: FailureCode;
  readonly reason: string;
  /** Whether the same address may do better in a moment. */
  readonly retry: boolean;
  /** The server never answered: no need to ask it again for the next file. */
  readonly unreachable?: boolean;
  readonly status?: number;
  readonly retryAfter?: string;
}

const RETRY_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Failures of the network that the next try will meet as well: no such host, a certificate nobody trusts. */
const LASTING = new Set([
  'ENOTFOUND',
  'ERR_INVALID_URL',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
]);

export function statusRefusal(response: Response): Refusal {
  const text = response.statusText === '' ? '' : ` ${response.statusText}`;
  return {
    code: 'http-status',
    reason: `HTTP ${response.status}${text}`,
    retry: RETRY_STATUS.has(response.status),
    status: response.status,
    retryAfter: response.headers.get('retry-after') ?? undefined,
  };
}

/** No connection, or one that ended before the headers came. */
export function requestRefusal(error: unknown): Refusal {
  const cause = errnoOf(error);
  return {
    code: 'network',
    reason: cause.text,
    retry: !LASTING.has(cause.code),
    unreachable: cause.code !== 'ECONNRESET' && cause.code !== 'UND_ERR_SOCKET',
  };
}

/** The connection ended within the body. */
export function brokenBody(error: unknown, received: number): Refusal {
  return {
    code: 'truncated',
    reason: `the connection ended after ${received} bytes (${errnoOf(error).text})`,
    retry: true,
  };
}

export function tooLarge(limit: number): Refusal {
  return { code: 'too-large', reason: `more than the expected ${limit} bytes came`, retry: false };
}

/** Compares what came with what was expected; undefined where all is well. */
export function mismatch(size: number, sha256: string, expected: Expected): Refusal | undefined {
  if (expected.size !== undefined && size < expected.size)
    return { code: 'truncated', reason: `${size} of ${expected.size} bytes came`, retry: true };
  if (expected.sha256 !== undefined && sha256 !== expected.sha256)
    return {
      code: 'checksum',
      reason: `expected sha256 ${expected.sha256}, got ${sha256}`,
      retry: false,
    };
  return undefined;
}

/** undici hides the cause: `TypeError: fetch failed` with the system's error inside. */
function errnoOf(error: unknown): { code: string; text: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return { code: '', text: String(cause) };
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  return { code, text: cause.message === '' ? code : cause.message };
}
