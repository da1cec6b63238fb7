import { shownProxy } from './proxies';

const LOGIN_HINT =
  'Put user name and password into the address: HTTPS_PROXY=http://user:password@proxy.example:3128 ("%40" for an "@" in them).';
const REFUSED_HINT = 'Ask whoever runs the proxy to let this host through, or name the host in NO_PROXY.';
const UNREACHABLE_HINT = 'Look at HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and whether the proxy runs.';

/** What a proxy did that kept a request from the server it was for. Holds no password. */
export class ProxyFault extends Error {
  constructor(
    /** What the proxy did, its name included, to stand after the server's: "is not let through by the proxy …". */
    readonly words: string,
    readonly hint: string,
    /** The next try will meet it as well. */
    readonly lasting: boolean,
  ) {
    super(words);
  }
}

/** The proxy answered, but would not connect us. 407: it wants a login (RFC 9110 section 15.5.8). */
export function proxyRefusal(proxy: URL, status: number): ProxyFault {
  const shown = shownProxy(proxy);
  if (status === 407) {
    const wants =
      proxy.username === '' ? 'wants a user name and password' : 'refuses the user name and password';
    return new ProxyFault(`is not let through by the proxy ${shown}, which ${wants} (407)`, LOGIN_HINT, true);
  }
  const words = `is not let through by the proxy ${shown}, which answered ${status}`;
  return new ProxyFault(words, REFUSED_HINT, status < 500);
}

/** A variable should name a proxy, but holds something else: what that is may be secret. */
export function wrongProxy(variable: string): ProxyFault {
  const words = `can't be reached, since ${variable} does not hold the address of a proxy`;
  return new ProxyFault(words, 'Write it so: http://proxy.example:3128.', true);
}

/** The proxy itself could not be spoken to. */
export function proxyUnreachable(proxy: URL, error: unknown): ProxyFault {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const cause = message === '' ? code : message;
  const words = `can't be reached, since the proxy ${shownProxy(proxy)} can't be: ${cause}`;
  return new ProxyFault(words, UNREACHABLE_HINT, false);
}
