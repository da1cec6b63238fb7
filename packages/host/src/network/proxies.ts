import { isLocalHost } from './local-host';
import { readNoProxy } from './no-proxy';

/** The proxies of the environment. */
export interface Proxies {
  /** Returns the proxy for a URL; undefined if it is reached directly, or if its variable is invalid. */
  readonly of: (url: URL) => URL | undefined;
  /**
   * Returns the name of the invalid variable, in capitals, that should name the proxy for a URL; undefined if it is
   * valid.
   */
  readonly wrongFor: (url: URL) => string | undefined;
  /** Whether there is any proxy. */
  readonly any: boolean;
  /** Their passwords, for redaction. */
  readonly secrets: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy of a scheme, or the invalid variable. */
interface Way {
  readonly variable: string;
  readonly proxy: URL | undefined;
}

/**
 * Reads HTTPS_PROXY for https, HTTP_PROXY for http, ALL_PROXY if they are not set, and NO_PROXY. As in curl and Go,
 * the lower-case name wins, a proxy without a scheme uses http, and this machine itself is reached directly. An
 * invalid value fails only the requests that would use it.
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

/** Returns the first of these variables that is not empty. */
function wayOf(env: Environment, variables: readonly string[]): Way | undefined {
  const variable = variables.find((name) => valueOf(env, name) !== '');
  return variable === undefined ? undefined : { variable, proxy: proxyUrl(valueOf(env, variable)) };
}

/** Returns the URL of a proxy for messages: without user name and password. */
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
  // They are decoded later, which throws on an invalid "%".
  const isDecodable = !/%(?![0-9a-f]{2})/i.test(url.username + url.password);
  return isDecodable && url.hostname !== '' && /^(?:https?|socks5h?|socks):$/.test(url.protocol)
    ? url
    : undefined;
}

function valueOf(env: Environment, name: string): string {
  return (env[name] ?? env[name.toUpperCase()] ?? '').trim();
}
