import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { withoutBrackets } from './local-host';
import { portOf } from './proxies';
import { proxyRefusal, proxyUnreachable } from './proxy-error';

export interface TunnelOptions {
  /** From the connection to the proxy to its answer. */
  readonly connectSeconds: number;
  /** The certificate authorities for a proxy that uses https itself. */
  readonly trust: () => Promise<SecureContext>;
}

/**
 * Asks a proxy to connect to a host and port (CONNECT, RFC 9110 section 9.3.6). Rejects with `ProxyError`. With
 * undici's own agent a proxy that never answers would keep the process alive for minutes, and its answer would have
 * to be read from the text of an error.
 */
export async function openTunnel(proxy: URL, authority: string, options: TunnelOptions): Promise<Socket> {
  const secure = proxy.protocol === 'https:';
  const { request } = secure ? await import('node:https') : await import('node:http');
  const secureContext = secure ? await options.trust() : undefined;
  return new Promise((resolve, reject) => {
    const asking = request({
      method: 'CONNECT',
      host: withoutBrackets(proxy.hostname),
      port: portOf(proxy),
      path: authority,
      headers: { host: authority, ...proxyAuthorization(proxy) },
      agent: false,
      ...(secureContext && { secureContext }),
    });
    const late = setTimeout(() => asking.destroy(overdue(options)), options.connectSeconds * 1000);
    asking.once('error', (error) => {
      clearTimeout(late);
      reject(proxyUnreachable(proxy, error));
    });
    asking.once('connect', ({ statusCode = 0 }, socket: Socket, head) => {
      clearTimeout(late);
      if (statusCode >= 200 && statusCode < 300) {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
        return;
      }
      socket.on('error', () => undefined).destroy();
      reject(proxyRefusal(proxy, statusCode));
    });
    asking.end();
  });
}

/** Returns the credentials for a proxy (RFC 9110 section 11.7.2); none if its URL has no user name. */
export function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}

function overdue({ connectSeconds }: TunnelOptions): Error {
  return new Error(`no answer within ${connectSeconds} s`);
}
