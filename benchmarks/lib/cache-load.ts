import { Agent, request } from 'node:http';

export interface LoadOptions {
  readonly port: number;
  readonly token: string;
  readonly hashes: readonly string[];
  /** Connections, each with one request at a time. */
  readonly clients: number;
}

/** Reads each entry once. Returns the milliseconds of each request. Throws for an answer that is not 200. */
export async function readEntries({ port, token, hashes, clients }: LoadOptions): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const times: number[] = [];
  const waiting = hashes.values();
  const client = async (): Promise<void> => {
    for (const hash of waiting) {
      const start = performance.now();
      await readEntry({ agent, port, token, hash });
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return times;
}

interface Asked {
  readonly agent: Agent;
  readonly port: number;
  readonly token: string;
  readonly hash: string;
}

function readEntry({ agent, port, token, hash }: Asked): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const asked = request(
      { agent, port, host: '127.0.0.1', path: `/v1/cache/${hash}`, headers },
      (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`${hash}: ${answer.statusCode}`));
        answer
          .resume()
          .on('end', () => resolve())
          .on('error', reject);
      },
    );
    asked.on('error', reject).end();
  });
}

/** Stores an entry. Throws for an answer that is not 200. */
export async function storeEntry(port: number, token: string, hash: string, body: Buffer): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`http://127.0.0.1:${port}/v1/cache/${hash}`, { method: 'PUT', headers, body });
  if (answer.status !== 200) throw new Error(`${hash} was not stored: ${answer.status}`);
}
