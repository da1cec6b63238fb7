import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { pipeline } from 'node:stream';

/** Passes connections on to a registry of this machine, and counts bytes. */
export class ByteCounter {
  private sentBytes = 0;
  private receivedBytes = 0;

  private constructor(
    private readonly server: Server,
    /** `127.0.0.1:port` */
    readonly host: string,
  ) {}

  /** Starts on any free port of 127.0.0.1. */
  static async start(registryPort: number): Promise<ByteCounter> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const counter = new ByteCounter(server, `127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('connection', (client) => {
      const registry = connect({ port: registryPort, host: '127.0.0.1', allowHalfOpen: true });
      client.on('data', ({ length }) => void (counter.sentBytes += length));
      registry.on('data', ({ length }) => void (counter.receivedBytes += length));
      pipeline(client, registry, client, () => undefined);
    });
    return counter;
  }

  /** Returns the bytes to and from the registry since the last call. */
  take(): { readonly sent: number; readonly received: number } {
    const counted = { sent: this.sentBytes, received: this.receivedBytes };
    this.sentBytes = 0;
    this.receivedBytes = 0;
    return counted;
  }

  stop(): void {
    this.server.close();
    this.server.unref();
  }
}
