import { isLocalHost } from './local-host';
import { readNoProxy } from './no-proxy';

/** Proxies as the environment names them. */
export interface Proxies {
  /** The proxy for an address; undefined where it is reached directly. */
  readonly of: (url: URL) => URL | undefined;
  /** Whether any is named. */
  readonly any: boolean;
  /** Variables, in capitals, that should name a proxy, but hold no address of one. */
  readonly wrong: readonly string[];
  /** Their passwords, for redaction. */
  readonly secrets: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads HTTPS_PROXY for https, HTTP_PROXY for http, ALL_PROXY for what they leave open, and NO_PROXY. As in curl and
 * Go, the lower-case name wins, an address without a scheme is of http, and this machine itself is reached directly.
 */
export function proxiesOf(env: Environment): Proxies {
  const named = new Map(['http_proxy', 'https_proxy', 'all_proxy'].map((name) => [name, valueOf(env, name)]));
  const read = (name: string): URL | undefined => proxyUrl(named.get(name) ?? '');
  const byScheme: Readonly<Record<string, URL | undefined>> = {
    'http:': read('http_proxy') ?? read('all_proxy'),
    'https:': read('https_proxy') ?? read('all_proxy'),
  };
  const isExcepted = readNoProxy(valueOf(env, 'no_proxy'));
  const urls = Object.values(byScheme).filter((url) => url !== undefined);
  return {
    of(url) {
      const proxy = byScheme[url.protocol];
      if (!proxy || isLocalHost(url.hostname) || isExcepted(url.hostname, portOf(url))) return undefined;
      return proxy;
    },
    any: urls.length > 0,
    wrong: [...named].flatMap(([name, text]) => (text !== '' && !proxyUrl(text) ? [name.toUpperCase()] : [])),
    secrets: urls.flatMap(({ password }) => [password, decodeURIComponent(password)]),
  };
}

/** A proxy as it may stand in a message: without user name and password. */
export function shownProxy(proxy: URL): string {
  return `${proxy.protocol}//${proxy.host}`;
}

export function portOf({ protocol, port }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

function proxyUrl(text: string): URL | undefined {
  const address = text.includes('://') ? text : `http://${text}`;
  if (text === '' || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  // They are decoded later, which throws where a "%" begins nothing.
  const isDecodable = !/%(?![0-9a-f]{2})/i.test(url.username + url.password);
  return isDecodable && url.hostname !== '' && /^(?:https?|socks5h?|socks):$/.test(url.protocol)
    ? url
    : undefined;
}

function valueOf(env: Environment, name: string): string {
  return (env[name] ?? env[name.toUpperCase()] ?? '').trim();
}
