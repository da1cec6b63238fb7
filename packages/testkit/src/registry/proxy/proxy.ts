import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promiseOf } from '../../helpers';
import { act } from './act';
import { cutClient, exchangeOf, type Exchange, type ProxiedRequest, type Step } from './exchange';
import { Rules, type RegistryFaultRule, type RequestMatch } from './faults';
import { pass } from './pass';

export interface FaultProxyOptions {
  /** Middleware after the faults: authorisation, a vendor's rules, an API that upstream lacks. */
  readonly steps?: readonly Step[];
  /** Default 127.0.0.1. */
  readonly address?: string;
}

/** Requests that wait in the proxy. */
export interface Held {
  /** The first that came. */
  readonly arrived: Promise<ProxiedRequest>;
  /** Lets them go on, and those that come later. */
  release(): void;
}

/** Starts a proxy in front of a registry; clients that use its address stay on it. */
export async function startFaultProxy(
  upstream: string | { readonly url: string },
  options: FaultProxyOptions = {},
): Promise<FaultProxy> {
  const proxy = new FaultProxy(typeof upstream === 'string' ? upstream : upstream.url, options);
  await proxy.start();
  return proxy;
}

/** A proxy in front of a registry that records requests and injects faults. */
export class FaultProxy {
  /** In the order in which they came. */
  readonly requests: ProxiedRequest[] = [];
  private readonly rules = new Rules();
  private readonly server: Server;

  constructor(
    private readonly upstream: string,
    private readonly options: FaultProxyOptions,
  ) {
    this.server = createServer((request, response) => void this.take(request, response));
    // A fault may hold a request for as long as its test wants.
    this.server.requestTimeout = 0;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, this.options.address ?? '127.0.0.1', resolve);
    });
  }

  /** `127.0.0.1:port` */
  get host(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `${address}:${port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** From now on; the rule added last is checked first. */
  fault(rule: RegistryFaultRule): void {
    this.rules.add(rule);
  }

  /** Removes all faults; keeps the record. */
  heal(): void {
    this.rules.clear();
  }

  /** Holds requests: before the registry is asked, or when it has answered and the client does not know. */
  hold(match: RequestMatch, when: 'asked' | 'answered' = 'asked'): Held {
    const released = promiseOf<undefined>();
    const arrived = promiseOf<ProxiedRequest>();
    const work = (request: ProxiedRequest): Promise<undefined> => {
      arrived.resolve(request);
      return released.promise;
    };
    this.fault({ ...match, fault: { kind: 'run', work, when } });
    return { arrived: arrived.promise, release: () => released.resolve(undefined) };
  }

  /** Returns matching requests so far; `nth` and `times` are ignored. */
  asked(match: RequestMatch): ProxiedRequest[] {
    const rules = new Rules();
    const { method, path } = match;
    rules.add({ ...(method && { method }), ...(path && { path }), fault: { kind: 'hang' } });
    return this.requests.filter((request) => rules.meet(request) !== undefined);
  }

  /** Empties the record. */
  forget(): void {
    this.requests.length = 0;
  }

  /** Cuts every connection and closes. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = exchangeOf(request, response, this.requests.length + 1);
    this.requests.push(exchange.record);
    // A broken connection is reported by what waits for it.
    for (const stream of [request, response]) stream.on('error', () => undefined);
    try {
      await this.go(exchange, [this.faults, ...(this.options.steps ?? [])]);
    } catch (error) {
      exchange.record.error = error as Error;
      cutClient(exchange);
    }
  }

  private async go(exchange: Exchange, [step, ...later]: readonly Step[]): Promise<void> {
    if (!step) return pass(exchange, this.upstream);
    return step(exchange, () => this.go(exchange, later));
  }

  private readonly faults: Step = async (exchange, next) => {
    const fault = this.rules.meet(exchange.record);
    if (!fault) return next();
    exchange.record.fault = fault.kind;
    return act(fault, exchange, next);
  };
}
