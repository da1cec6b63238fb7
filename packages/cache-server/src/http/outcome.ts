import type { Access } from '../access';

/**
 * How a request for an entry ended. Nx fails a run for other statuses than 200 and 404 (GET), 200, 403 and 409 (PUT),
 * so it gets only those; the status that HTTP has for the reason is in the log.
 */
export interface Outcome {
  readonly status: 200 | 403 | 404 | 409;
  /** For the log, metrics and the header x-cache-reason: "hit", "quota". */
  readonly reason: string;
  /** The status that says why: 401, 413, 507. */
  readonly trueStatus: number;
  readonly access?: Access;
  /** Of the entry's content. */
  readonly bytes?: number;
  /** For the log. */
  readonly detail?: string;
  /** The answer was sent already, or its client is gone. */
  readonly isAnswered?: boolean;
}

const STATUSES: Readonly<Record<string, number>> = {
  'no-token': 401,
  'unknown-token': 401,
  'unknown-issuer': 401,
  'invalid-token': 401,
  'expired-token': 401,
  'unknown-project': 403,
  'read-only': 403,
  'keys-unavailable': 503,
  'invalid-hash': 400,
  'other-content': 422,
  'not-found': 404,
  miss: 404,
  exists: 409,
  stored: 200,
  hit: 200,
  'too-large': 413,
  quota: 507,
  'disk-full': 507,
  storage: 503,
  cancelled: 499,
};

/** Returns the outcome of a GET without an entry. */
export function missed(reason: string, more: Partial<Outcome> = {}): Outcome {
  return { status: 404, reason, trueStatus: STATUSES[reason] ?? 500, ...more };
}

/** Returns the outcome of a PUT. */
export function answered(reason: string, more: Partial<Outcome> = {}): Outcome {
  const status = reason === 'stored' ? 200 : reason === 'exists' ? 409 : 403;
  return { status, reason, trueStatus: STATUSES[reason] ?? 500, ...more };
}
