import type { Readable } from 'node:stream';
import type { Result } from '@image-tooling/model';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The bytes of a request; can be sent again, which a retry does. */
export interface RequestBody {
  /** Bytes. */
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}

/** One request to a registry. */
export interface RegistryRequest {
  readonly method: Method;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** What it does, in words for messages: "push layer of kubectl". */
  readonly purpose: string;
  /** Actions on the repository that a token must allow: `pull`, `pull,push`, `delete`. */
  readonly scope: readonly string[];
  /** Whether sending it twice does no harm: else a fault is told rather than tried again. Default true. */
  readonly repeatable?: boolean;
}

/** A registry's answer. Its body must be read to the end or destroyed. */
export interface RegistryAnswer {
  readonly status: number;
  /** Names in lower case; of a header that came twice, the values joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  /** The address that gave it, after redirects. */
  readonly url: URL;
  /** Whether a login was sent with the request that it answers; undefined where nothing was sent. */
  readonly hadLogin?: boolean;
  /** A text without the passwords and tokens that went to the registry: for what it says about a refusal. */
  readonly redacted?: (text: string) => string;
}

/**
 * Sends a request; any answer of the registry, a 404 too, is a success of `send`. Fails with `network`, `timeout`,
 * `aborted`, `registry-auth` (401, 403 of authorisation), `rate-limit` (429 for longer than we wait).
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
