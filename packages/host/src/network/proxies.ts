import { isLocalHost } from './local-host';
import { readNoProxy } from './no-proxy';

/** Proxies as the environment names them. */
export interface Proxies {
  /** The proxy for an address; undefined where it is reached directly, or by a proxy that can't be read. */
  readonly of: (url: URL) => URL | undefined;
  /** The variable, in capitals, that should name the proxy for an address, but does not; undefined where all is well. */
  readonly wrongFor: (url: URL) => string | undefined;
  /** Whether any is named. */
  readonly any: boolean;
  /** Their passwords, for redaction. */
  readonly secrets: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What a scheme goes by: a variable with a proxy, or with something that is not one. */
interface Way {
  readonly variable: string;
  readonly proxy: URL | undefined;
}

/**
 * Reads HTTPS_PROXY for https, HTTP_PROXY for http, ALL_PROXY for what they leave open, and NO_PROXY. As in curl and
 * Go, the lower-case name wins, an address without a scheme is of http, and this machine itself is reached directly.
 * A value that can't be read is the fault of those requests alone that would go by it.
 */
export function proxiesOf(env: Environment): Proxies {
  const ways: Readonly<Record<string, Way | undefined>> = {
    'http:': wayOf(env, ['http_proxy', 'all_proxy']),
    'https:': wayOf(env, ['https_proxy', 'all_proxy']),
  };
  const isExcepted = readNoProxy(valueOf(env, 'no_proxy'));
  const wayFor = (url: URL): Way | undefined =>
    isLocalHost(url.hostname) || isExcepted(url.hostname, portOf(url)) ? undefined : ways[url.protocol];
  const urls = Object.values(ways).flatMap((way) => way?.proxy ?? []);
  return {
    of: (url) => wayFor(url)?.proxy,
    wrongFor(url) {
      const way = wayFor(url);
      return way && !way.proxy ? way.variable.toUpperCase() : undefined;
    },
    any: urls.length > 0,
    secrets: urls.flatMap(({ password }) => [password, decodeURIComponent(password)]),
  };
}

/** The first of these variables that is not empty. */
function wayOf(env: Environment, variables: readonly string[]): Way | undefined {
  const variable = variables.find((name) => valueOf(env, name) !== '');
  return variable === undefined ? undefined : { variable, proxy: proxyUrl(valueOf(env, variable)) };
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
