import type { HttpAnswer, HttpRequest, Method } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';

/** One request to a registry. */
export interface RegistryRequest extends HttpRequest {
  /** Actions on the repository that a token must allow: `pull`, `pull,push`, `delete`. */
  readonly scope: readonly string[];
}

/** A registry's answer. Its body must be read to the end or destroyed. */
export interface RegistryAnswer extends HttpAnswer {
  /** Returns a text without the passwords and tokens that were sent: a registry may repeat them in its messages. */
  readonly redacted?: (text: string) => string;
}

/**
 * Sends a request; any answer of the registry is a success, also a 404. Fails with `network`, `timeout`, `aborted`,
 * `registry-auth` (401, 403 of authorisation), `rate-limit` (429 for longer than we wait). Throws errors of the
 * request's own body.
 */
export type Send = (request: RegistryRequest) => Promise<Result<RegistryAnswer>>;

/** A request that was made, for reports and tests. Without secrets. */
export interface RequestRecord {
  readonly method: Method;
  /** Without query parameters that may contain signatures or tokens. */
  readonly url: string;
  /** Undefined if no answer came, and in a dry run if it was not sent. */
  readonly status?: number;
  readonly sentBytes: number;
  /** In a dry run: the size of a body that was not sent. */
  readonly bodyBytes?: number;
}
