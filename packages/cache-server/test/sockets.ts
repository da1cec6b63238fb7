import { connect, type Socket } from 'node:net';

/** Opens a connection. */
export function opening(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Returns what a connection sends until it is closed. */
export function read(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (piece: Buffer) => (text += piece.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

/** Sends texts on a connection, and returns what comes back. */
export async function exchange(port: number, texts: readonly string[]): Promise<string> {
  const socket = await opening(port);
  const answer = read(socket);
  for (const text of texts) socket.write(text);
  return answer;
}
