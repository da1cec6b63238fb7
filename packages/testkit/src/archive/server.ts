import { EventEmitter, once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerFaulty, type FaultRule } from './faults';

/** A real HTTP server on a free port of 127.0.0.1 with faults to inject. */
export class FaultyServer {
  /** Requested paths, in order. */
  readonly requests: string[] = [];
  private readonly arrivals = new EventEmitter();
  private rules: { rule: FaultRule; left: number }[] = [];
  private server: Server | undefined;
  private port = 0;

  constructor(private readonly content: (path: string) => Buffer | undefined) {}

  /** Starts, or starts again on the same port; no effect if it runs. */
  async start(): Promise<void> {
    if (this.server !== undefined) return;
    const server = createServer((request, response) => {
      const path = decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/').slice(1);
      this.requests.push(path);
      this.arrivals.emit('request', path);
      void this.answer(path, response);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Cuts every connection and closes. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resolves with the path of the next request when it arrives, before it is answered. */
  async nextRequest(): Promise<string> {
    const [path] = (await once(this.arrivals, 'request')) as [string];
    return path;
  }

  /** From now on; the rule added last is checked first. */
  fault(rule: FaultRule): void {
    this.rules.unshift({ rule, left: rule.times ?? Infinity });
  }

  heal(): void {
    this.rules = [];
  }

  private async answer(path: string, response: ServerResponse): Promise<void> {
    const body = this.content(path);
    const active = this.rules.find(({ rule, left }) => left > 0 && rule.path.test(path));
    if (active) {
      active.left--;
      return answerFaulty(active.rule.fault, body ?? Buffer.alloc(0), response);
    }
    if (body === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': body.length }).end(body);
  }
}
