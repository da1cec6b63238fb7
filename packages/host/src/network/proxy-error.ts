import { shownProxy } from './proxies';

const LOGIN_HINT =
  'Put user name and password into the URL: HTTPS_PROXY=http://user:password@proxy.example:3128 ("%40" for an "@" in them).';
const REFUSED_HINT = 'Ask the administrator of the proxy to allow this host, or add the host to NO_PROXY.';
const UNREACHABLE_HINT = 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and that the proxy is running.';

/** A proxy error that kept a request from its server. Contains no password. */
export class ProxyError extends Error {
  constructor(
    /** What the proxy did, with its name; follows the name of the server: "is blocked by the proxy …". */
    readonly words: string,
    readonly hint: string,
    /** The error is permanent. */
    readonly lasting: boolean,
  ) {
    super(words);
  }
}

/** Returns the error for a proxy that refuses to connect. 407: it requires a login (RFC 9110 section 15.5.8). */
export function proxyRefusal(proxy: URL, status: number): ProxyError {
  const shown = shownProxy(proxy);
  if (status === 407) {
    const wants =
      proxy.username === '' ? 'requires a user name and password' : 'rejects the user name and password';
    return new ProxyError(`is blocked by the proxy ${shown}, which ${wants} (407)`, LOGIN_HINT, true);
  }
  const words = `is blocked by the proxy ${shown}, which answered ${status}`;
  return new ProxyError(words, REFUSED_HINT, status < 500);
}

/** Returns the error for an invalid proxy variable, without its value, which may be secret. */
export function wrongProxy(variable: string): ProxyError {
  const words = `can't be reached: ${variable} is not the URL of a proxy`;
  return new ProxyError(words, 'Write it as http://proxy.example:3128.', true);
}

/** Returns the error for an unreachable proxy. */
export function proxyUnreachable(proxy: URL, error: unknown): ProxyError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const cause = message === '' ? code : message;
  const words = `can't be reached: the proxy ${shownProxy(proxy)} is unreachable: ${cause}`;
  return new ProxyError(words, UNREACHABLE_HINT, false);
}
