import { isUntrusted, ProxyError, trustHint } from '../network';
import { afterError } from './retry-policy';
import type { RequestError } from './types';

/** Carries a request error through streams and connections: a time limit, an abort, a refused URL. */
export class RequestFailed extends Error {
  constructor(readonly error: RequestError) {
    super(error.words);
  }
}

type Known = Pick<RequestError, 'words' | 'hint' | 'kind'> & { readonly code?: RequestError['code'] };

const NOT_HTTPS: Known = { words: 'does not support https', kind: 'not-https' };
const CLOSED_HERE: Known = { words: 'was disconnected: its connections were closed locally' };

/** Descriptions by error codes of Node (libuv, OpenSSL) and undici. `retry-policy.ts` decides what is retried. */
const KNOWN: Readonly<Record<string, Known>> = {
  ECONNREFUSED: { words: 'refused the connection' },
  ENOTFOUND: { words: 'was not found: no such host' },
  EAI_AGAIN: { words: 'could not be resolved: the DNS server did not answer' },
  EHOSTUNREACH: { words: 'is not reachable' },
  ENETUNREACH: { words: 'is not reachable: no network' },
  UND_ERR_CONNECT_TIMEOUT: { words: 'did not accept the connection in time', code: 'timeout' },
  ECONNRESET: { words: 'broke the connection' },
  EPIPE: { words: 'closed the connection during the upload' },
  UND_ERR_SOCKET: { words: 'closed the connection' },
  UND_ERR_DESTROYED: CLOSED_HERE,
  UND_ERR_CLOSED: CLOSED_HERE,
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_HTTPS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_HTTPS,
  EPROTO: { words: 'uses an incompatible version of https', kind: 'not-https' },
};

/** Returns the description of a connection error. Rethrows bugs. */
export function requestErrorOf(error: unknown, env: NodeJS.ProcessEnv): RequestError {
  if (error instanceof RequestFailed) return error.error;
  if (!(error instanceof Error)) throw error;
  if (error instanceof ProxyError) return proxyError(error);
  if (error.name === 'HTTPParserError') return notHttp(error);
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || code.startsWith('ERR_INVALID')) throw error;
  const known = KNOWN[code] ?? untrusted(code, error, env) ?? { words: `failed (${code})` };
  return { code: 'network', ...known, ...afterError(code) };
}

/** An error of undici's parser: "Response does not match the HTTP/1.1 protocol (Invalid status code)". */
function notHttp({ message }: Error): RequestError {
  const [, why = message] = /\(([^()]*)\)$/.exec(message) ?? [];
  const words = `gave an answer that is not HTTP (${why})`;
  return { code: 'network', words, kind: 'not-http', mayHaveActed: true };
}

function proxyError({ words, hint, lasting }: ProxyError): RequestError {
  return { code: 'network', words, hint, mayHaveActed: false, ...(lasting && { lasting }) };
}

function untrusted(code: string, { message }: Error, env: NodeJS.ProcessEnv): Known | undefined {
  if (!isUntrusted(code)) return undefined;
  return {
    words: `has a certificate that is not trusted: ${message} (${code})`,
    hint: trustHint(env),
  };
}
