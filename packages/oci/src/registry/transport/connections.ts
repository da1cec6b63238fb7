import { openSender, proxiesOf, type Proxies, type Sender } from '@image-tooling/host';
import type { RegistryTimings } from '../options';
import { Guard } from './guard';
import type { TestHooks } from './test-hooks';

type Kind = 'home' | 'foreign';

/** The connections to a registry and to hosts that it redirects to: kept alive, direct or through a proxy. */
export class Connections {
  private readonly open = new Map<Kind, Promise<Sender>>();
  private readonly guard: Guard;
  private readonly proxies: Proxies;
  private closed = false;

  constructor(
    private readonly home: URL,
    private readonly env: NodeJS.ProcessEnv,
    private readonly timings: RegistryTimings,
    hooks: Pick<TestHooks, 'resolve' | 'isSpecial'>,
  ) {
    this.guard = new Guard(home.hostname, hooks);
    this.proxies = proxiesOf(env);
  }

  /** Returns the sender for an address. Throws `RequestFailed` if the registry must not redirect there. */
  async for(url: URL): Promise<Sender> {
    if (this.closed) throw new Error('a request after close()');
    if (url.origin === this.home.origin) return this.kept('home');
    this.guard.checkLiteral(url.hostname);
    if (this.proxies.of(url)) await this.guard.checkBehindProxy(url.hostname);
    return this.kept('foreign');
  }

  /** Closes all connections, also those in use. */
  async close(): Promise<void> {
    this.closed = true;
    const open = await Promise.all(this.open.values());
    await Promise.all(open.map((sender) => sender.destroy()));
  }

  private kept(kind: Kind): Promise<Sender> {
    const kept = this.open.get(kind) ?? this.create(kind);
    this.open.set(kind, kept);
    return kept;
  }

  /** Loaded on first use: most commands use no registry. */
  private create(kind: Kind): Promise<Sender> {
    const lookup = kind === 'home' ? this.guard.homeLookup : this.guard.foreignLookup;
    return openSender({ env: this.env, connectSeconds: this.timings.connectSeconds, lookup });
  }
}
