import type { HttpAnswer, HttpRequest, Method } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';

/** One request to a registry. */
export interface RegistryRequest extends HttpRequest {
  /** Actions on the repository that a token must allow: `pull`, `pull,push`, `delete`. */
  readonly scope: readonly string[];
}

/** A registry's answer. Its body must be read to the end or destroyed. */
export interface RegistryAnswer extends HttpAnswer {
  /** Returns a text without the passwords and tokens that went to the registry: for what it says about a refusal. */
  readonly redacted?: (text: string) => string;
}

/**
 * Sends a request; any answer of the registry, a 404 too, is a success of `send`. Fails with `network`, `timeout`,
 * `aborted`, `registry-auth` (401, 403 of authorisation), `rate-limit` (429 for longer than we wait). Throws what the
 * request's own body throws.
 */
export type Send = (request: RegistryRequest) => Promise<Result<RegistryAnswer>>;

/** A request that was made, for reports and tests. Without secrets. */
export interface RequestRecord {
  readonly method: Method;
  /** Without query parameters that may hold signatures or tokens. */
  readonly url: string;
  /** Undefined where no answer came, and in a dry run for what was not sent. */
  readonly status?: number;
  readonly sentBytes: number;
  /** In a dry run, of what was not sent: the bytes that it would have sent. */
  readonly bodyBytes?: number;
}
