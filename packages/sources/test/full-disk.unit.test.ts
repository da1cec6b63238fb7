import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { attempt } from '../src/download/attempt';
import { createDownloader } from '../src';

it("a download that can't be written closes its connection", async () => {
  const body = Buffer.alloc(30_000_000);
  const server = createServer((_, response) => {
    response.on('close', () => server.emit('gone'));
    response.end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const gone = once(server, 'gone', { signal: AbortSignal.timeout(10_000) });
  const full = { write: () => Promise.reject(new Error('ENOSPC')) };
  const { port } = server.address() as AddressInfo;
  const tried = attempt(
    `http://127.0.0.1:${port}/`,
    full,
    { maxBytes: body.length },
    {
      client: createDownloader({ env: {} }).client,
      signal: new AbortController().signal,
    },
  );
  await expect(tried).rejects.toThrow('ENOSPC');
  await expect(gone).resolves.toEqual([]);
  server.close();
});
