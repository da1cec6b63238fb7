import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ioFailure } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { IDLE_MS, type Context } from './context';
import { answer } from './routes';

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /**
   * Accepts no more requests, waits for running ones for at most the configuration's `stopSeconds`, and then ends them.
   * Returns how many it ended.
   */
  stop(): Promise<number>;
}

/** For a whole request: 2 GB at 1.2 MB/s. */
const REQUEST_MS = 1_800_000;
/** Each has at most 128 KB in memory. */
const MOST_CONNECTIONS = 1000;
const CLOSE_IDLE_MS = 50;

/** Listens for requests. Fails with `io` if the address is taken or not of this machine. */
export async function listen(
  context: Context,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Result<Listening>> {
  const state = { running: 0, isStopping: false };
  const own: Context = { ...context, isReady: async () => !state.isStopping && context.isReady() };
  const server = createServer(
    { requestTimeout: REQUEST_MS, keepAliveTimeout: IDLE_MS },
    (request, response) => {
      if (state.isStopping) response.setHeader('connection', 'close');
      context.metrics.running.set([[{}, ++state.running]]);
      response.on('close', () => context.metrics.running.set([[{}, --state.running]]));
      response.on('error', () => undefined);
      void answer(own, request, response);
    },
  );
  server.timeout = IDLE_MS;
  server.maxConnections = MOST_CONNECTIONS;
  // A client that is gone, or does not speak HTTP.
  server.on('clientError', (_, socket) => socket.destroy());
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, resolve);
    });
  } catch (error) {
    return fail({
      ...ioFailure(error, `${host}:${port}`),
      hint: 'Choose another address: "listen" or CACHE_LISTEN.',
    });
  }
  return ok({
    port: (server.address() as AddressInfo).port,
    stop: () => stop(server, state, context.config.stopSeconds),
  });
}

async function stop(
  server: Server,
  state: { running: number; isStopping: boolean },
  seconds: number,
): Promise<number> {
  state.isStopping = true;
  let ended = 0;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const closeIdle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_MS);
  const limit = setTimeout(() => {
    ended = state.running;
    server.closeAllConnections();
  }, seconds * 1000);
  await closed;
  clearInterval(closeIdle);
  clearTimeout(limit);
  return ended;
}
