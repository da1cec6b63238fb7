import { STATUS_CODES } from 'node:http';
import { askedWait, Fault, isPassing, type HttpAnswer, type RequestError } from '@image-tooling/host';
import type { FailureCode } from '@image-tooling/model';

/** Why one try at one address failed. */
export interface Refusal {
  readonly code: FailureCode;
  /** Printed after the address: "refused the connection". */
  readonly reason: string;
  /** Whether a retry of the same address may help. */
  readonly retry: boolean;
  /** The hint, if it is not that of the code. */
  readonly hint?: string;
  /** The server never answered: it is not tried for the next file. */
  readonly unreachable?: boolean;
  readonly status?: number;
  /** Seconds that the server asks to wait. */
  readonly askedSeconds?: number;
}

/** Returns why an answer is not the file: `asked` is the address before redirects. */
export function statusRefusal({ status, headers, hadLogin, url }: HttpAnswer, asked: URL): Refusal {
  const login = hadLogin === true ? ', asked with the login in the address' : ', asked without a login';
  const said = `HTTP ${status} ${STATUS_CODES[status] ?? ''}`.trim();
  const reason = said + ([401, 403].includes(status) ? login : '');
  const askedSeconds = askedWait(headers);
  return {
    code: 'http-status',
    reason: url.href === asked.href ? reason : `redirected to ${url.origin}: ${reason}`,
    retry: isPassing(status),
    status,
    ...(askedSeconds !== undefined && { askedSeconds }),
  };
}

/** Returns why there was no answer. Throws a `Fault` with `aborted`: it ends all loops of a download at once. */
export function requestRefusal(error: RequestError): Refusal {
  if (error.code === 'aborted')
    throw new Fault({ code: 'aborted', message: 'Stopped while fetching a file.' });
  const { code, words, hint, lasting, mayHaveActed, redirected } = error;
  return {
    code,
    reason: words,
    retry: lasting !== true,
    ...(hint !== undefined && { hint }),
    unreachable: redirected !== true && (code === 'timeout' || !mayHaveActed),
  };
}

/** Returns why a body ended too early. Throws as `requestRefusal` does. */
export function brokenBody(error: RequestError): Refusal {
  const refusal = requestRefusal(error);
  return { ...refusal, code: error.code === 'timeout' ? 'timeout' : 'truncated', unreachable: false };
}

export function tooLarge(limit: number): Refusal {
  return { code: 'too-large', reason: `received more than the expected ${limit} bytes`, retry: false };
}

/** Compares the received bytes with the expected ones; undefined if they match. */
export function mismatch(
  size: number,
  sha256: string,
  expected: { readonly sha256?: string; readonly size?: number },
): Refusal | undefined {
  if (expected.size !== undefined && size < expected.size)
    return { code: 'truncated', reason: `received ${size} of ${expected.size} bytes`, retry: true };
  if (expected.sha256 !== undefined && sha256 !== expected.sha256)
    return {
      code: 'checksum',
      reason: `expected sha256 ${expected.sha256}, got ${sha256}`,
      retry: false,
    };
  return undefined;
}
