import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eachLine } from '@image-tooling/host';

/** A socket for lines of output while commands run. */
export interface LineSocket {
  /** Absolute path of the socket; undefined without a socket. */
  readonly path?: string;
  /** Waits for pending data, then reports the lines of a stream that did not come through the socket. */
  complete(stream: string, text: string): Promise<void>;
  close(): Promise<void>;
}

/** sun_path of unix(7), without the final zero byte. */
const LONGEST_PATH = 107;
/** How long the last bytes may take through engine and session. */
const LATE_MS = 1000;

/**
 * Listens for the lines of a step. A connection is one stream of one command: its first line is the stream's
 * name. Does not listen without a callback.
 */
export async function openLines(onLine?: (line: string) => void): Promise<LineSocket> {
  if (!onLine) return { complete: async () => undefined, close: async () => undefined };
  const counts = new Map<string, number>();
  const sockets = new Set<Socket>();
  const hand = (stream: string, line: string): void => {
    counts.set(stream, (counts.get(stream) ?? 0) + 1);
    onLine(line);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    let stream: string | undefined;
    eachLine(socket, (line) => (stream === undefined ? (stream = line) : hand(stream, line)));
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  const folder = await mkdtemp(join(tmpdir(), 'image-tooling-'));
  const path = join(folder, 'lines');
  const listening = path.length <= LONGEST_PATH && (await listen(server, path));
  let isComplete: Promise<void> | undefined;
  return {
    ...(listening && { path }),
    async complete(stream, text) {
      await (isComplete ??= allEnded(sockets));
      const lines = text.split('\n');
      if (lines.at(-1) === '') lines.pop();
      for (const line of lines.slice(counts.get(stream) ?? 0)) onLine(line);
    },
    async close() {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listen(server: Server, path: string): Promise<boolean> {
  const opened = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(path, () => resolve(true));
  });
  if (opened) await chmod(path, 0o600);
  return opened;
}

async function allEnded(sockets: ReadonlySet<Socket>): Promise<void> {
  for (const end = Date.now() + LATE_MS; sockets.size > 0 && Date.now() < end;) await sleep(5);
  sockets.forEach((socket) => socket.destroy());
}
