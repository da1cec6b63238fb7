import { connect as connectSocket, type NetConnectOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Undefined if a server answers, else why not. */
export type Probed = string | undefined;

const TIMEOUT_MS = 4000;

interface Attempt {
  readonly signal?: AbortSignal;
  readonly open: () => Socket;
  /** Calls `done` as soon as the server has answered. */
  readonly watch: (socket: Socket, done: (result: Probed) => void) => void;
}

/**
 * Checks whether a gRPC server answers at a socket: it sends a SETTINGS frame first (RFC 9113, 3.4), unlike a
 * server that only accepts connections. Takes 4 s at most.
 */
export async function probeHttp2(where: NetConnectOpts, signal?: AbortSignal): Promise<Probed> {
  // Loading it takes 5 ms, which all commands would spend.
  const { connect } = await import('node:http2');
  return attempt({
    signal,
    open: () => connectSocket(where),
    watch(socket, done) {
      const session = connect('http://localhost', { createConnection: () => socket });
      session.once('remoteSettings', () => done(undefined));
      session.on('error', (error: Error) => done(inWords(error)));
      session.once('close', () => done('the connection was closed'));
    },
  });
}

/**
 * Checks whether a server uses TLS. Does not verify its certificate and sends nothing: `dagger` does that
 * with the authorities and keys of the address. Takes 4 s at most.
 */
export function probeTls(host: string, port: number, signal?: AbortSignal): Promise<Probed> {
  return attempt({
    signal,
    open: () => connectTls({ host, port, rejectUnauthorized: false }),
    watch: (socket, done) => void socket.once('secureConnect', () => done(undefined)),
  });
}

function attempt({ signal, open, watch }: Attempt): Promise<Probed> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve('stopped');
      return;
    }
    const socket = open();
    const done = (result: Probed): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      socket.destroy();
      resolve(result);
    };
    const stop = (): void => done('stopped');
    const timer = setTimeout(
      () => done(`it accepts connections, but sends nothing (${TIMEOUT_MS / 1000} s)`),
      TIMEOUT_MS,
    );
    signal?.addEventListener('abort', stop, { once: true });
    socket.on('error', (error) => done(inWords(error)));
    watch(socket, done);
  });
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ECONNREFUSED: 'nothing listens there',
  EACCES: 'this user may not connect to it',
  ENOTFOUND: 'there is no such host',
};

function inWords(error: NodeJS.ErrnoException): string {
  const words = WORDS[error.code ?? ''];
  if (words !== undefined) return words;
  return error.code?.startsWith('ERR_HTTP2') ? 'the server there is not a Dagger engine' : error.message;
}
