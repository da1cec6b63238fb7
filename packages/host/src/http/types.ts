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
  /** The body holds a login: it is sent to no other origin, wherever an answer redirects us. */
  readonly isBodySecret?: boolean;
  /** Value of the Authorization header: for the origin of `url` alone. */
  readonly authorization?: string;
  /** What it does, in words for messages: "push layer of kubectl". */
  readonly purpose: string;
  /** Whether it may be sent twice. Default: by its method, see `isRepeatable`. */
  readonly repeatable?: boolean;
  /**
   * Asks whether a request that is not repeatable took effect although its answer was lost; gives the answer to use
   * if so. With it, such a request is retried as well.
   */
  readonly answerIfDone?: () => Promise<HttpAnswer | undefined>;
  /** Aborts this request; default: the client's signal. */
  readonly signal?: AbortSignal;
}

/** The answer of a server. Its body must be read to the end or destroyed. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; of a header that came twice, the values joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  /** The address that gave it, after redirects. */
  readonly url: URL;
  /** Whether a login was sent with the request that it answers; undefined where nothing was sent. */
  readonly hadLogin?: boolean;
}

/** Why a request got no answer. */
export interface RequestError {
  readonly code: 'network' | 'timeout' | 'aborted' | 'http-status';
  /** What the other side did, to stand after its name: "refused the connection". */
  readonly words: string;
  readonly hint?: string;
  /** What is wrong with the address, where a caller may know better what to do about it. */
  readonly kind?: 'not-http' | 'not-https';
  /** The next try will fail in the same way. */
  readonly lasting?: boolean;
  /** The server may have received the whole request, and done what it asks for. */
  readonly mayHaveActed: boolean;
  /** It happened where the server redirected us. */
  readonly redirected?: boolean;
}

/** What came of a request. */
export type Outcome = HttpAnswer | RequestError;

export function isAnswer<T extends HttpAnswer>(outcome: T | RequestError): outcome is T {
  return 'status' in outcome;
}

/** What came of one request on the wire. */
export interface Exchanged {
  readonly outcome: Outcome;
  /** Bytes of the request's body that were handed to the connection. */
  readonly sentBytes: number;
  /** The request's own body could not be read. */
  readonly bodyError?: { readonly error: unknown };
}

/** Sends one request on the wire: no redirect is followed, nothing is retried. */
export type Exchange = (request: HttpRequest) => Promise<Exchanged>;
