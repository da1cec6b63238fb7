import { isUntrusted, ProxyFault, trustHint } from '../network';
import type { RequestError } from './types';

/** Carries a request error through streams and connections: a time limit, an abort, an address that is refused. */
export class RequestFailed extends Error {
  constructor(readonly error: RequestError) {
    super(error.words);
  }
}

type Known = Pick<RequestError, 'words' | 'hint' | 'kind' | 'lasting'> & {
  readonly code?: RequestError['code'];
  /** It failed before the request was sent. */
  readonly unsent?: boolean;
};

const NOT_HTTPS: Known = { words: 'does not speak https', kind: 'not-https', lasting: true, unsent: true };
const CLOSED_HERE: Known = { words: 'was left: its connections were closed here', lasting: true };

/** By error codes of node (libuv, OpenSSL) and undici: what happened, and whether another try may help. */
const KNOWN: Readonly<Record<string, Known>> = {
  ECONNREFUSED: { words: 'refused the connection', unsent: true },
  ENOTFOUND: { words: 'has no address: no such host', lasting: true, unsent: true },
  EAI_AGAIN: { words: 'could not be looked up: the name server did not answer', unsent: true },
  EHOSTUNREACH: { words: 'can not be reached from here', unsent: true },
  ENETUNREACH: { words: 'can not be reached from here: no network', unsent: true },
  UND_ERR_CONNECT_TIMEOUT: { words: 'made no connection in time', code: 'timeout', unsent: true },
  ECONNRESET: { words: 'broke the connection' },
  EPIPE: { words: 'closed the connection while we were sending' },
  UND_ERR_SOCKET: { words: 'closed the connection' },
  UND_ERR_DESTROYED: CLOSED_HERE,
  UND_ERR_CLOSED: CLOSED_HERE,
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_HTTPS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_HTTPS,
  EPROTO: { ...NOT_HTTPS, words: 'does not speak https as we do' },
};

/** Returns what an error of a connection means, in plain words. Throws errors that are bugs. */
export function requestErrorOf(error: unknown, env: NodeJS.ProcessEnv): RequestError {
  if (error instanceof RequestFailed) return error.error;
  if (!(error instanceof Error)) throw error;
  if (error instanceof ProxyFault) return proxyError(error);
  if (error.name === 'HTTPParserError') return known(notHttp(error));
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || code.startsWith('ERR_INVALID')) throw error;
  return known(KNOWN[code] ?? untrusted(code, error, env) ?? { words: `failed (${code})` });
}

function known({ unsent, code = 'network', ...rest }: Known): RequestError {
  return { code, ...rest, mayHaveActed: unsent !== true };
}

/** An error of undici's parser: "Response does not match the HTTP/1.1 protocol (Invalid status code)". */
function notHttp({ message }: Error): Known {
  const [, why = message] = /\(([^()]*)\)$/.exec(message) ?? [];
  return { words: `gave an answer that is not HTTP (${why})`, kind: 'not-http' };
}

function proxyError({ words, hint, lasting }: ProxyFault): RequestError {
  return { code: 'network', words, hint, mayHaveActed: false, ...(lasting && { lasting }) };
}

function untrusted(code: string, { message }: Error, env: NodeJS.ProcessEnv): Known | undefined {
  if (!isUntrusted(code)) return undefined;
  return {
    words: `has a certificate that is not trusted: ${message} (${code})`,
    lasting: true,
    unsent: true,
    hint: trustHint(env),
  };
}
