import type { Readable } from 'node:stream';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The bytes of a request; can be sent again, which a retry does. */
export interface RequestBody {
  /** Bytes. */
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}

export interface HttpRequest {
  readonly method: Method;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** The body contains credentials: it is not sent to another origin after a redirect. */
  readonly isBodySecret?: boolean;
  /** Value of the Authorization header: only for the origin of `url`. */
  readonly authorization?: string;
  /** The purpose, for messages: "push layer of kubectl". */
  readonly purpose: string;
  /** Whether it may be sent twice. Default: by its method, see `isRepeatable`. */
  readonly repeatable?: boolean;
  /**
   * Checks whether a request that is not repeatable took effect although its answer was lost; returns the answer to
   * use if so. With it, such a request is retried too.
   */
  readonly answerIfDone?: () => Promise<HttpAnswer | undefined>;
  /** Aborts this request; default: the client's signal. */
  readonly signal?: AbortSignal;
}

/** The answer of a server. Its body must be read to the end or destroyed. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; the values of a repeated header are joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  /** The URL that answered, after redirects. */
  readonly url: URL;
  /** Whether credentials were sent with the request; undefined if nothing was sent. */
  readonly hadLogin?: boolean;
}

/** Why a request got no answer. */
export interface RequestError {
  readonly code: 'network' | 'timeout' | 'aborted' | 'http-status';
  /** What the other side did; follows its name: "refused the connection". */
  readonly words: string;
  readonly hint?: string;
  /** What is wrong with the URL, for callers that can give a better hint. */
  readonly kind?: 'not-http' | 'not-https';
  /** The error is permanent. */
  readonly lasting?: boolean;
  /** The server may have received the whole request, and it may have taken effect. */
  readonly mayHaveActed: boolean;
  /** It happened after a redirect. */
  readonly redirected?: boolean;
}

/** The outcome of a request. */
export type Outcome = HttpAnswer | RequestError;

export function isAnswer<T extends HttpAnswer>(outcome: T | RequestError): outcome is T {
  return 'status' in outcome;
}

/** The outcome of one request on the wire. */
export interface Exchanged {
  readonly outcome: Outcome;
  /** Bytes of the request's body that were passed to the connection. */
  readonly sentBytes: number;
  /** The error of reading the request's own body. */
  readonly bodyError?: { readonly error: unknown };
}

/** Sends one request on the wire, without redirects and retries. */
export type Exchange = (request: HttpRequest) => Promise<Exchanged>;
