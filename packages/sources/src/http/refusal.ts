import { isUntrusted, ProxyFault, trustHint, type ResponseData } from '@image-tooling/host';
import type { FailureCode } from '@image-tooling/model';

/** Why one try at one address failed. */
export interface Refusal {
  readonly code: FailureCode;
  readonly reason: string;
  /** Whether the same address may do better in a moment. */
  readonly retry: boolean;
  /** What to do, where it is not what the code says. */
  readonly hint?: string;
  /** The server never answered: no need to ask it again for the next file. */
  readonly unreachable?: boolean;
  readonly status?: number;
  readonly retryAfter?: string;
}

const RETRY_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Failures of the network that the next try will meet as well: no such host, a certificate nobody trusts. */
const LASTING = new Set(['ENOTFOUND', 'ERR_INVALID_URL']);

/** `hadLogin`: a user name and password in the address were sent. */
export function statusRefusal({ statusCode, statusText, headers }: ResponseData, hadLogin: boolean): Refusal {
  const retryAfter = headers['retry-after'];
  const asked = hadLogin ? ', asked with the login in the address' : ', asked without a login';
  return {
    code: 'http-status',
    reason: `HTTP ${statusCode} ${statusText}`.trim() + ([401, 403].includes(statusCode) ? asked : ''),
    retry: RETRY_STATUS.has(statusCode),
    status: statusCode,
    ...(typeof retryAfter === 'string' && { retryAfter }),
  };
}

/** No connection, or one that ended before the headers came. */
export function requestRefusal(error: unknown): Refusal {
  if (error instanceof ProxyFault) return proxyRefusal(error);
  const cause = errnoOf(error);
  const untrusted = isUntrusted(cause.code);
  return {
    code: 'network',
    reason: untrusted ? `its certificate is not trusted: ${cause.text} (${cause.code})` : cause.text,
    retry: !untrusted && !LASTING.has(cause.code),
    ...(untrusted && { hint: trustHint(process.env) }),
    unreachable: cause.code !== 'ECONNRESET' && cause.code !== 'UND_ERR_SOCKET',
  };
}

function proxyRefusal({ words, hint, lasting }: ProxyFault): Refusal {
  return { code: 'network', reason: `it ${words}`, hint, retry: !lasting, unreachable: true };
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
export function mismatch(
  size: number,
  sha256: string,
  expected: { readonly sha256?: string; readonly size?: number },
): Refusal | undefined {
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

function errnoOf(error: unknown): { code: string; text: string } {
  if (!(error instanceof Error)) return { code: '', text: String(error) };
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return { code, text: error.message === '' ? code : error.message };
}
