import { request } from 'node:http';
import type { ProxyAddress } from '../proxy/server';

/** Sends a request to a proxy. Returns the body of its answer; undefined if there is no good one in time. */
export function askProxy(
  { url, token }: ProxyAddress,
  method: 'GET' | 'POST',
  path: string,
  timeoutMs: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asked = request(new URL(path, url), {
      ...{ method, headers: { authorization: `Bearer ${token}` }, agent: false },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const fails = (): void => resolve(undefined);
    asked.on('error', fails).on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      answer.on('error', fails).on('end', () => resolve(answer.statusCode === 200 ? text : undefined));
    });
    asked.end();
  });
}
