import { Agent, request } from 'node:http';

/** How to reach a session. */
export interface SessionAddress {
  /** On the loopback interface. */
  readonly port: number;
  readonly token: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** One connection for each query: closing it also stops the query in the engine. */
const AGENT = new Agent({ keepAlive: false });

/**
 * Sends a GraphQL query to a session and waits for the whole answer. Rejects if there is no answer, if it is
 * longer than `mostBytes`, and when the signal aborts.
 */
export function postQuery(
  { port, token }: SessionAddress,
  query: string,
  signal: AbortSignal,
  mostBytes = Number.POSITIVE_INFINITY,
): Promise<HttpAnswer> {
  const place = { host: '127.0.0.1', port, path: '/query', method: 'POST', auth: `${token}:` };
  const headers = { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request({ ...place, headers, signal, agent: AGENT }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > mostBytes) response.destroy(new Error('the answer is too long'));
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    call.on('error', reject).end(JSON.stringify({ query }));
  });
}
