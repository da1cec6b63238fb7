import type { LookupFunction } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import { portOf, proxiesOf, shownProxy, type Proxies } from './proxies';
import { proxyRefusal, proxyUnreachable, wrongProxy } from './proxy-error';
import { trustOf } from './trust';
import { openTunnel, proxyAuthorization } from './tunnel';
import { loadUndici, type Undici } from './undici';

export type RequestOptions = Dispatcher.RequestOptions;
export type ResponseData = Dispatcher.ResponseData;

/** Sends HTTP requests, directly or through the environment's proxy for the URL. */
export interface Sender {
  /** As undici's `request`; rejects with `ProxyError` for errors of a proxy. */
  request(options: RequestOptions): Promise<ResponseData>;
  /** Closes all connections, also those in use. */
  destroy(): Promise<void>;
}

export interface SenderOptions {
  /** Names proxies and certificate authorities: see `proxiesOf` and `trustOf`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Until a connection is open, including TLS. */
  readonly connectSeconds: number;
  /** Resolves hosts that are reached directly. */
  readonly lookup?: LookupFunction;
}

type Connector = buildConnector.connector;

/** Opens connections when they are needed, and keeps them alive. Idle connections don't keep the process alive. */
export async function openSender(options: SenderOptions): Promise<Sender> {
  return new EnvironmentSender(options, await loadUndici());
}

class EnvironmentSender implements Sender {
  private readonly proxies: Proxies;
  private readonly direct: Dispatcher;
  /** Connections to proxies that get the full URL. */
  private readonly forwarding: Dispatcher;
  /** Tunnels, by proxy. */
  private readonly through = new Map<string, Promise<Dispatcher>>();

  constructor(
    private readonly options: SenderOptions,
    private readonly undici: Undici,
  ) {
    this.proxies = proxiesOf(options.env);
    const { lookup } = options;
    this.direct = new undici.Agent({ connect: this.connector({ ...(lookup && { lookup }) }) });
    this.forwarding = new undici.Agent({ connect: this.connector({}) });
  }

  async request(options: RequestOptions): Promise<ResponseData> {
    const url = new URL(String(options.origin));
    const wrong = this.proxies.wrongFor(url);
    if (wrong !== undefined) throw wrongProxy(wrong);
    const proxy = this.proxies.of(url);
    if (!proxy) return this.direct.request(options);
    if (proxy.protocol.startsWith('socks'))
      return (await this.kept(proxy, () => this.socks(proxy))).request(options);
    if (url.protocol === 'http:') return this.forward(options, url, proxy);
    const dispatcher = await this.kept(proxy, async () => this.tunnelling(proxy));
    return dispatcher.request(options);
  }

  async destroy(): Promise<void> {
    const through = await Promise.all(this.through.values());
    await Promise.all([this.direct, this.forwarding, ...through].map((dispatcher) => dispatcher.destroy()));
  }

  /** http requests send the full URL (RFC 9112 section 3.2.2): many proxies allow CONNECT only to port 443. */
  private async forward(options: RequestOptions, url: URL, proxy: URL): Promise<ResponseData> {
    const headers = {
      ...(options.headers as Record<string, string>),
      host: url.host,
      ...proxyAuthorization(proxy),
    };
    const asked = { ...options, origin: shownProxy(proxy), path: `${url.origin}${options.path}`, headers };
    const response = await this.forwarding.request(asked).catch((error: unknown) => {
      throw isUnconnected(error) ? proxyUnreachable(proxy, error) : error;
    });
    if (response.statusCode !== 407) return response;
    response.body.on('error', () => undefined).destroy();
    throw proxyRefusal(proxy, 407);
  }

  private tunnelling(proxy: URL): Dispatcher {
    const { connectSeconds } = this.options;
    const secured = this.connector({});
    const trust = () => trustOf(this.options.env);
    return new this.undici.Agent({
      connect: (target, done) => {
        openTunnel(proxy, authorityOf(target), { connectSeconds, trust }).then(
          (httpSocket) => secured({ ...target, httpSocket }, done),
          (error: unknown) => done(error as Error, null),
        );
      },
    });
  }

  private async socks(proxy: URL): Promise<Dispatcher> {
    const { default: Socks5ProxyAgent } = await import('undici/lib/dispatcher/socks5-proxy-agent.js');
    const connect = this.connector({});
    const requestTls = { secureContext: await trustOf(this.options.env) };
    const named: Connector = (target, done) =>
      connect(target, (...[error, socket]) =>
        error ? done(proxyUnreachable(proxy, error), null) : done(null, socket),
      );
    const options = { connect: named, requestTls };
    return new Socks5ProxyAgent(proxy.href.replace(/^socks5h:/, 'socks5:'), options);
  }

  /** Certificate authorities are read on the first https connection: most runs need none. */
  private connector(more: { readonly lookup?: LookupFunction }): Connector {
    const options = { timeout: this.options.connectSeconds * 1000, ...more };
    const plain = this.undici.buildConnector(options);
    let secured: Promise<Connector> | undefined;
    return (target, done) => {
      if (target.protocol !== 'https:') {
        plain(target, done);
        return;
      }
      secured ??= trustOf(this.options.env).then((secureContext) =>
        this.undici.buildConnector({ ...options, secureContext }),
      );
      secured.then(
        (connect) => connect(target, done),
        (error: unknown) => done(error as Error, null),
      );
    };
  }

  private kept(proxy: URL, open: () => Promise<Dispatcher>): Promise<Dispatcher> {
    const kept = this.through.get(proxy.href) ?? open();
    this.through.set(proxy.href, kept);
    return kept;
  }
}

function authorityOf({ hostname, port, protocol }: buildConnector.Options): string {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  return `${host}:${port || portOf(new URL(`${protocol}//${host}`))}`;
}

/** Whether a request failed before anything was sent: without a connection. */
function isUnconnected(error: unknown): boolean {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  return (
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    code === 'UND_ERR_CONNECT_TIMEOUT' ||
    code.includes('CERT')
  );
}
