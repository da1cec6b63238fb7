import { isUntrusted, ProxyFault } from '@image-tooling/host';
import type { Failure } from '@image-tooling/model';
import { SpecialAddress } from './guard';

/** Why a try of a request came to no answer. */
export interface Trouble {
  readonly code: 'network' | 'timeout' | 'aborted' | 'http-status';
  /** What the other side did, to stand after its name: "refused the connection". */
  readonly words: string;
  readonly hint?: string;
  /** The next try will meet it as well. */
  readonly lasting?: boolean;
  /** The registry may have had the whole request, and done what it asks for. */
  readonly mayHaveActed: boolean;
}

/** A reason of our own to end a request: no time left, or the caller's abort. */
export class Stopped extends Error {
  constructor(
    readonly code: Trouble['code'],
    readonly words: string,
  ) {
    super(words);
  }
}

interface Known {
  readonly words: string;
  readonly code?: Trouble['code'];
  readonly lasting?: boolean;
  readonly unsent?: boolean;
  readonly hint?: string;
}

const PLAIN_HINT = 'If it speaks http only, allow that: plainHttp in nx.json, or --plain-http.';
const NO_HTTP_HINT =
  'Is this the address of a registry? Another program may have its port, or a proxy before it is broken.';
const TRUST_HINT =
  'Name the file of its certificate authority in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE, or mend its certificate.';

/** By error codes of node (libuv, OpenSSL) and undici. */
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
  UND_ERR_DESTROYED: { words: 'was left: its connections were closed here', lasting: true },
  UND_ERR_CLOSED: { words: 'was left: its connections were closed here', lasting: true },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    words: 'does not speak https',
    lasting: true,
    unsent: true,
    hint: PLAIN_HINT,
  },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: {
    words: 'does not speak https',
    lasting: true,
    unsent: true,
    hint: PLAIN_HINT,
  },
  EPROTO: { words: 'does not speak https as we do', lasting: true, unsent: true, hint: PLAIN_HINT },
};

/** An error of a connection in plain words. Bugs are thrown on. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof Stopped) return { code: error.code, words: error.words, mayHaveActed: true };
  if (error instanceof SpecialAddress) return specialAddress(error);
  if (!(error instanceof Error)) throw error;
  if (error instanceof ProxyFault) return proxyTrouble(error);
  if (error.name === 'HTTPParserError') return knownTrouble(noHttp(error));
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined || code.startsWith('ERR_INVALID')) throw error;
  return knownTrouble(KNOWN[code] ?? certificate(code) ?? { words: `failed (${code})` });
}

/** An error of undici's parser: "Response does not match the HTTP/1.1 protocol (Invalid status code)". */
function noHttp({ message }: Error): Known {
  const [, why = message] = /\(([^()]*)\)$/.exec(message) ?? [];
  return { words: `gave an answer that is not HTTP (${why})`, hint: NO_HTTP_HINT };
}

/** The failure of a request: what it was for, the host, and what that did. */
export function failureOf(trouble: Trouble, purpose: string, host: string, tries: number): Failure {
  if (trouble.code === 'aborted')
    return { code: 'aborted', message: `Stopped before it was done: ${purpose}.` };
  const times = tries > 1 ? `; tried ${tries} times` : '';
  return {
    code: trouble.code,
    message: `Could not ${purpose}: ${host} ${trouble.words}${times}.`,
    hint: trouble.hint ?? 'Check the network and the proxy, then run it again: what is there already stays.',
  };
}

function knownTrouble({ words, code = 'network', lasting, unsent, hint }: Known): Trouble {
  return {
    code,
    words,
    mayHaveActed: unsent !== true,
    ...(lasting === true && { lasting }),
    ...(hint !== undefined && { hint }),
  };
}

function proxyTrouble({ words, hint, lasting }: ProxyFault): Trouble {
  return { code: 'network', words, hint, mayHaveActed: false, ...(lasting && { lasting }) };
}

function certificate(code: string): Known | undefined {
  if (!isUntrusted(code)) return undefined;
  return {
    words: `has a certificate that is not trusted (${code})`,
    lasting: true,
    unsent: true,
    hint: TRUST_HINT,
  };
}

function specialAddress({ host, address }: SpecialAddress): Trouble {
  return {
    code: 'network',
    words: `sent us to ${host}, which is at ${address}: a public registry may not send us into a private network`,
    hint: 'If this is meant, publish to the registry by an address inside of that network.',
    lasting: true,
    mayHaveActed: false,
  };
}
