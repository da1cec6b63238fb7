/** Proxies as the environment names them. Empty: none. */
export interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/** Variables as curl, Go and undici read them: the lower-case name wins. */
export function proxiesOf(env: NodeJS.ProcessEnv): Proxies {
  return {
    httpProxy: valueOf(env, 'http_proxy'),
    httpsProxy: valueOf(env, 'https_proxy'),
    noProxy: valueOf(env, 'no_proxy'),
  };
}

/** Variables that should name a proxy, but hold no address. */
export function badProxies(env: NodeJS.ProcessEnv): string[] {
  return ['http_proxy', 'https_proxy'].filter((name) => {
    const value = valueOf(env, name);
    return value !== '' && !isProxy(value);
  });
}

/** User names and passwords of proxies, for redaction. */
export function proxySecrets(env: NodeJS.ProcessEnv): string[] {
  const { httpProxy, httpsProxy } = proxiesOf(env);
  return [httpProxy, httpsProxy].filter(isProxy).flatMap((text) => {
    const { password } = new URL(text);
    return [password, decodeURIComponent(password)];
  });
}

function isProxy(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  // undici decodes them, and throws where a "%" begins nothing.
  const isDecodable = !/%(?![0-9a-f]{2})/i.test(username + password);
  return isDecodable && /^(?:https?|socks5?):$/.test(protocol);
}

function valueOf(env: NodeJS.ProcessEnv, name: string): string {
  return env[name] ?? env[name.toUpperCase()] ?? '';
}
