import type { Dispatcher } from 'undici';
import type { RegistryTimings } from '../options';
import { Guard } from './guard';
import { proxiesOf, type Proxies } from './proxies';
import type { Seams } from './seams';
import { isLocalHost } from './special-address';
import { loadUndici } from './undici';

type Kind = 'home' | 'foreign' | 'local-home' | 'local-foreign';

/** The connections to a registry and to where it sends us: kept alive, direct or through a proxy. */
export class Connections {
  private readonly open = new Map<Kind, Promise<Dispatcher>>();
  private readonly guard: Guard;
  private readonly proxies: Proxies;
  private closed = false;

  constructor(
    private readonly home: URL,
    env: NodeJS.ProcessEnv,
    private readonly timings: RegistryTimings,
    seams: Seams,
  ) {
    this.guard = new Guard(home.hostname, seams);
    this.proxies = proxiesOf(env);
  }

  /** What sends requests to an address. Throws `SpecialAddress` for one that the registry may not send us to. */
  async for(url: URL): Promise<Dispatcher> {
    if (this.closed) throw new Error('a request after close()');
    const foreign = url.origin !== this.home.origin;
    if (foreign) this.guard.checkLiteral(url.hostname);
    if (isLocalHost(url.hostname)) return this.kept(foreign ? 'local-foreign' : 'local-home');
    if (foreign && this.hasProxy()) await this.guard.checkBehindProxy(url.hostname);
    return this.kept(foreign ? 'foreign' : 'home');
  }

  /** Ends all connections, also those in use. */
  async close(): Promise<void> {
    this.closed = true;
    const open = await Promise.all(this.open.values());
    await Promise.all(open.map((dispatcher) => dispatcher.destroy()));
  }

  private hasProxy(): boolean {
    return this.proxies.httpProxy !== '' || this.proxies.httpsProxy !== '';
  }

  private kept(kind: Kind): Promise<Dispatcher> {
    const kept = this.open.get(kind) ?? this.create(kind);
    this.open.set(kind, kept);
    return kept;
  }

  private async create(kind: Kind): Promise<Dispatcher> {
    // Most commands speak to no registry: they should not wait for undici to be read.
    const { Agent, EnvHttpProxyAgent } = await loadUndici();
    const timeout = this.timings.connectSeconds * 1000;
    const lookup = kind.endsWith('home') ? this.guard.homeLookup : this.guard.foreignLookup;
    const connect = { timeout, lookup };
    if (kind.startsWith('local')) return new Agent({ connect });
    return new EnvHttpProxyAgent({
      ...this.proxies,
      connect,
      proxyTls: { timeout },
      requestTls: { timeout },
    });
  }
}
