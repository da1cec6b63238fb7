import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { Fault } from '@image-tooling/host';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { answered, bodyOf, failureIn, listen, serve, talkTo } from './registry-transport-helpers';

const ONE_TRY = { timings: { tries: 1 } };

/** A server that sends a part of a body; `reset` then resets the connection. */
async function serveHalf() {
  let response: ServerResponse | undefined;
  const server = await serve((_, answer) => {
    response = answer.writeHead(200, { 'content-length': '100' });
    response.write('half');
  });
  const reset = async (): Promise<void> => {
    const socket = response?.socket;
    if (!socket) throw new Error('no connection to reset');
    socket.resetAndDestroy();
    await once(socket, 'close');
  };
  return { ...server, reset };
}

/** What a body that breaks ends with. */
async function faultOf(
  result: Awaited<ReturnType<ReturnType<typeof talkTo>['send']>>,
  onFirstBytes: () => unknown = () => undefined,
) {
  if (!result.ok) throw new Error(result.failures[0].message);
  const { body } = result.value;
  body.once('data', () => void onFirstBytes());
  const error: unknown = await text(body).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Fault)) throw new Error(`expected a Fault, got ${String(error)}`);
  return error.failure;
}

describe('a registry that is too slow', () => {
  it('that never answers is a timeout that names the registry and the purpose', async () => {
    const server = await serve(() => undefined);
    const { send, request } = talkTo(server.host, { timings: { tries: 1, readAnswerSeconds: 0.1 } });
    expect(failureIn(await send(request('manifests/1')))).toMatchObject({
      code: 'timeout',
      message: `Could not read the manifest of jq: ${server.host} gave no answer within 0.1 s.`,
    });
  });

  it('that stops within a body is a timeout', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
    });
    const { send, request } = talkTo(server.host);
    const failure = await faultOf(await send(request('blobs/1')));
    expect(failure.code).toBe('timeout');
    expect(failure.message).toContain('sent no byte for 0.3 s after 4 bytes of the answer');
  });

  it('that sends a byte at a time is a timeout although it never stalls', async () => {
    const server = await serve((_, response) => {
      const timer = setInterval(() => response.write('x'), 30);
      response.on('close', () => clearInterval(timer));
    });
    const { send, request } = talkTo(server.host);
    const failure = await faultOf(await send(request('blobs/1')));
    expect(failure.code).toBe('timeout');
    expect(failure.message).toContain('too few bytes in 0.3 s');
  });

  it('that stops reading an upload is a timeout', async () => {
    const server = createTcpServer((socket) => void socket.pause().on('error', () => undefined));
    const host = `127.0.0.1:${await listen(server, '127.0.0.1')}`;
    const { send, request, records } = talkTo(host, ONE_TRY);
    const size = 64 * 1024 * 1024;
    const body = {
      size,
      async *open() {
        for (let sent = 0; sent < size; sent += 1024 * 1024) yield Buffer.alloc(1024 * 1024);
      },
    };
    const failure = failureIn(await send(request('blobs/uploads/1', { method: 'PATCH', body })));
    expect(failure.code).toBe('timeout');
    expect(failure.message).toContain('took no byte for 0.3 s');
    expect(records[0]?.sentBytes).toBeGreaterThan(0);
    expect(records[0]?.sentBytes).toBeLessThan(size);
  });

  it('is not a timeout while our reader pauses', async () => {
    const server = await serve((_, response) => response.end('x'.repeat(300_000)));
    let now = 0;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { send, request } = talkTo(server.host, { testHooks: { now: () => now } });
    const result = await send(request('blobs/1'));
    now += 60_000;
    vi.advanceTimersByTime(60_000);
    expect(await answered(result)).toHaveLength('200 '.length + 300_000);
  });
});

describe('a connection that breaks', () => {
  it('within a body ends it with a network failure', async () => {
    const server = await serveHalf();
    const { send, request } = talkTo(server.host);
    const fault = await faultOf(await send(request('blobs/1')), server.reset);
    expect(fault.code).toBe('network');
    expect(fault.message).toContain('after 4 bytes of the answer');
  });

  it('is an error for a reader that comes later, and does not crash before', async () => {
    const server = await serveHalf();
    const { send, request } = talkTo(server.host);
    const result = await send(request('blobs/1'));
    if (!result.ok) throw new Error(result.failures[0].message);
    const { body } = result.value;
    // Reads without a listener for errors.
    body.read(0);
    const closed = new Promise((resolve) => body.once('close', resolve));
    await server.reset();
    await closed;
    expect((await faultOf(result)).code).toBe('network');
  });
});

describe('an abort', () => {
  it('keeps the login for the cleanup, and does not try a refused password again', async () => {
    const stop = new AbortController();
    const server = await serve((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Basic' }).end(),
    );
    const env = { REGISTRY_USERNAME: 'ada', REGISTRY_PASSWORD: 'planted-secret' };
    const { send, request } = talkTo(server.host, { signal: stop.signal, env });
    expect(failureIn(await send(request('manifests/1'))).code).toBe('registry-auth');
    stop.abort();
    expect(failureIn(await send(request('manifests/1'))).code).toBe('aborted');
    expect(failureIn(await send.afterAbort(request('manifests/1'))).code).toBe('registry-auth');
    expect(server.requests).toHaveLength(2);
  });

  it('ends a request before its answer', async () => {
    const stop = new AbortController();
    const server = await serve(() => stop.abort());
    const { send, request } = talkTo(server.host, { signal: stop.signal });
    expect(failureIn(await send(request('manifests/1'))).code).toBe('aborted');
  });

  it('ends a body that is being read', async () => {
    const stop = new AbortController();
    const server = await serve((_, response) => {
      response.write('half');
    });
    const { send, request } = talkTo(server.host, { signal: stop.signal });
    const fault = await faultOf(await send(request('blobs/1')), () => stop.abort());
    expect(fault.code).toBe('aborted');
  });

  it('ends the wait between two tries', async () => {
    const stop = new AbortController();
    const server = await serve((_, response) => response.writeHead(503, { 'retry-after': '30' }).end());
    const notes: string[] = [];
    const note = (line: string): void => {
      notes.push(line);
      // The wait begins when this has returned.
      void setImmediate().then(() => stop.abort());
    };
    const { send, request } = talkTo(server.host, { signal: stop.signal, note });
    expect(failureIn(await send(request('manifests/1'))).code).toBe('aborted');
    expect(notes).toEqual([`${server.host} answered 503: waiting 30 s to read the manifest of jq`]);
    expect(failureIn(await send(request('manifests/1'))).code).toBe('aborted');
    expect(server.requests).toHaveLength(1);
  });
});

describe("local bytes that can't be read", () => {
  it('are reported, and nothing is tried again', async () => {
    const server = await serve(async (request, response) => {
      await text(request).catch(() => '');
      response.writeHead(201).end();
    });
    const { send, request, records } = talkTo(server.host);
    const damaged = { code: 'checksum', message: 'The blob is not what its digest says.' } as const;
    const body = {
      size: 10,
      async *open() {
        yield Buffer.from('hello');
        throw new Fault(damaged);
      },
    };
    const sent = send(request('blobs/uploads/1', { method: 'PATCH', body }));
    await expect(sent).rejects.toMatchObject({ failure: damaged });
    expect(records).toHaveLength(1);
  });
});

it('sends a body that the registry answers before it has read it', async () => {
  const server = await serve((_, response) => response.writeHead(413).end('too much'));
  const { send, request } = talkTo(server.host, ONE_TRY);
  const body = bodyOf(Buffer.alloc(4 * 1024 * 1024));
  expect(await answered(await send(request('blobs/uploads/1', { method: 'PATCH', body })))).toBe(
    '413 too much',
  );
});
