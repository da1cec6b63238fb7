import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadBytes, downloadFile, type Download } from '../src';
import { FaultyServer, type Fault } from '@image-tooling/testkit';
import { shortTimeouts, shown } from './support';

const content = Buffer.from('all the bytes of a package\n'.repeat(20_000));
const sha256 = createHash('sha256').update(content).digest('hex');
const exact = { sha256, size: content.length, maxBytes: content.length };

let folder: string;
let server: FaultyServer;
let other: FaultyServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'));
  server = new FaultyServer((path) => (path === 'file' ? content : undefined));
  other = new FaultyServer((path) => (path === 'file' ? content : undefined));
  await Promise.all([server.start(), other.start()]);
});

afterEach(async () => {
  await Promise.all([server.stop(), other.stop()]);
  await rm(folder, { recursive: true });
});

function request(changes: Partial<Download> = {}): Download {
  return { name: 'the file', urls: [`${server.url}/file`], ...exact, ...changes };
}

function get(changes: Partial<Download> = {}, signal = new AbortController().signal, http = shortTimeouts()) {
  return downloadFile(request(changes), join(folder, 'deep/file'), { http, signal });
}

function broken(fault: Fault, times?: number): void {
  server.fault({ path: /file/, fault, ...(times !== undefined && { times }) });
}

describe('a download', () => {
  it('writes the whole file, and nothing else', async () => {
    const result = await get();
    expect(result).toMatchObject({ ok: true, value: { sha256, size: content.length } });
    expect(content.equals(await readFile(join(folder, 'deep/file')))).toBe(true);
    expect(await readdir(join(folder, 'deep'))).toEqual(['file']);
  });

  it('counts the bytes of the successful try', async () => {
    broken({ kind: 'reset', afterBytes: 1000 }, 1);
    let bytes = 0;
    const options = { http: shortTimeouts(), signal: new AbortController().signal };
    await downloadBytes(request(), { ...options, onBytes: (count) => (bytes += count) });
    expect(bytes).toBe(content.length);
  });

  it.each<[string, Fault]>([
    ['503', { kind: 'status', status: 503 }],
    ['429 with Retry-After', { kind: 'status', status: 429, retryAfter: '0' }],
    ['a reset before the headers', { kind: 'reset' }],
    ['a reset within the body', { kind: 'reset', afterBytes: 5000 }],
    ['silence before the headers', { kind: 'hang' }],
    ['silence within the body', { kind: 'hang', afterBytes: 5000 }],
    ['a body that ends early', { kind: 'truncate', bytes: 5000 }],
  ])('tries again after %s', async (_, fault) => {
    broken(fault, 2);
    expect(shown(await get())).toBe('ok');
    expect(server.requests).toHaveLength(3);
    expect(content.equals(await readFile(join(folder, 'deep/file')))).toBe(true);
  });

  it.each<[string, Fault]>([
    ['404', { kind: 'status', status: 404 }],
    ['403', { kind: 'status', status: 403 }],
    ['altered bytes', { kind: 'alter' }],
  ])('tries the next address at once after %s', async (_, fault) => {
    broken(fault);
    const result = await get({ urls: [`${server.url}/file`, `${other.url}/file`] });
    expect(result).toMatchObject({ ok: true, value: { url: `${other.url}/file` } });
    expect(server.requests).toHaveLength(1);
  });

  it.each(['86400', new Date(Date.now() + 86_400_000).toUTCString()])(
    'does not wait for a day, for the next file neither: Retry-After %s',
    async (retryAfter) => {
      broken({ kind: 'status', status: 429, retryAfter }, 1);
      const http = shortTimeouts();
      const started = performance.now();
      const text = shown(await get({}, undefined, http));
      expect(text).toMatch(/file: HTTP 429 Too Many Requests, retry after 24 hours$/m);
      expect(shown(await get({}, undefined, http))).toContain('retry after 24 hours');
      expect(performance.now() - started).toBeLessThan(5000);
    },
  );

  it('waits as long as Retry-After requests', async () => {
    broken({ kind: 'status', status: 429, retryAfter: '1' }, 1);
    const start = performance.now();
    const result = await get({}, undefined, shortTimeouts({ longestWaitSeconds: 5 }));
    expect(result.ok).toBe(true);
    expect(performance.now() - start).toBeGreaterThan(990);
  });

  it('accepts a slow server while bytes come', async () => {
    broken({ kind: 'slow', bytes: 20_000 });
    expect((await get()).ok).toBe(true);
  });

  it('asks a server that is down once for all files, then no more', async () => {
    await server.stop();
    const http = shortTimeouts();
    await get({}, undefined, http);
    await server.start();
    expect(shown(await get({}, undefined, http))).toContain('refused the connection');
    expect(server.requests).toEqual([]);
  });

  it('stops on abort and leaves nothing', async () => {
    broken({ kind: 'hang', afterBytes: 100 });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    expect(shown(await get({}, abort.signal, shortTimeouts({ stallSeconds: 20 })))).toMatchInlineSnapshot(
      `"[aborted] Stopped while fetching the file."`,
    );
    expect(await readdir(join(folder, 'deep'))).toEqual([]);
  });

  it('stops on abort while it waits for the next try', async () => {
    broken({ kind: 'status', status: 503, retryAfter: '30' });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    const start = performance.now();
    const result = await get({}, abort.signal, shortTimeouts({ longestWaitSeconds: 60 }));
    expect(result).toMatchObject({ ok: false, failures: [{ code: 'aborted' }] });
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('runs no more than the limit at a time', async () => {
    let running = 0;
    let most = 0;
    const http = shortTimeouts();
    const work = () =>
      http.limited(async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
      });
    await Promise.all(Array.from({ length: 30 }, work));
    expect(most).toBe(8);
  });
});

describe('messages', () => {
  it('404', async () => {
    expect(shown(await get({ urls: [`${server.url}/absent`] }))).toMatchInlineSnapshot(`
      "[gone] the file could not be fetched: no server has it.
      -> Check whether the file has moved, or configure a mirror that has it.
      http://127.0.0.1:PORT/absent: HTTP 404 Not Found"
    `);
  });

  it('403', async () => {
    broken({ kind: 'status', status: 403 });
    expect(shown(await get())).toMatchInlineSnapshot(`
      "[http-status] the file could not be fetched: the server answered with an error.
      -> Run the command again later; if it fails again, check that this machine may read the address.
      http://127.0.0.1:PORT/file: HTTP 403 Forbidden, asked without a login"
    `);
  });

  it('503 each time', async () => {
    broken({ kind: 'status', status: 503 });
    expect(shown(await get())).toMatchInlineSnapshot(`
      "[http-status] the file could not be fetched: the server answered with an error.
      -> Run the command again later; if it fails again, check that this machine may read the address.
      http://127.0.0.1:PORT/file: HTTP 503 Service Unavailable; tried 3 times"
    `);
  });

  it('a reset', async () => {
    broken({ kind: 'reset' });
    expect(shown(await get())).toMatchInlineSnapshot(`
      "[network] the file could not be fetched: the connection failed.
      -> Check the network and the proxy, then run the command again: finished downloads are kept.
      http://127.0.0.1:PORT/file: closed the connection; tried 3 times"
    `);
  });

  it('a reset within the body', async () => {
    broken({ kind: 'reset', afterBytes: 5000 });
    expect(shown(await get()).replace(/after \d+ bytes/, 'after N bytes')).toMatchInlineSnapshot(`
      "[truncated] the file could not be fetched: the download is incomplete.
      -> Try again; if it fails again, a proxy or mirror is damaged.
      http://127.0.0.1:PORT/file: closed the connection after N bytes of the answer; tried 3 times"
    `);
  });

  it('a server that hangs', async () => {
    broken({ kind: 'hang' });
    expect(shown(await get())).toMatchInlineSnapshot(`
      "[timeout] the file could not be fetched: no server answered in time.
      -> Check the network and the proxy, then run the command again: finished downloads are kept.
      http://127.0.0.1:PORT/file: gave no answer within 0.3 s; tried 3 times"
    `);
  });

  it('a server that stalls', async () => {
    broken({ kind: 'hang', afterBytes: 5000 });
    expect(shown(await get())).toMatchInlineSnapshot(`
      "[timeout] the file could not be fetched: no server answered in time.
      -> Check the network and the proxy, then run the command again: finished downloads are kept.
      http://127.0.0.1:PORT/file: sent no byte for 0.3 s after 5000 bytes of the answer; tried 3 times"
    `);
  });

  it('a truncated body', async () => {
    broken({ kind: 'truncate', bytes: 5000 });
    expect(shown(await get())).toMatchInlineSnapshot(`
      "[truncated] the file could not be fetched: the download is incomplete.
      -> Try again; if it fails again, a proxy or mirror is damaged.
      http://127.0.0.1:PORT/file: received 5000 of 540000 bytes; tried 3 times"
    `);
  });

  it('altered bytes', async () => {
    broken({ kind: 'alter' });
    expect(shown(await get())).toMatchInlineSnapshot(`
      "[checksum] the file could not be fetched: its checksum differs from the expected one.
      -> The file was changed on the way, or a mirror is damaged: try another one.
      http://127.0.0.1:PORT/file: expected sha256 SHA256, got SHA256"
    `);
  });

  it('more bytes than expected', async () => {
    broken({ kind: 'grow', bytes: 10 });
    expect(shown(await get())).toMatchInlineSnapshot(`
      "[too-large] the file could not be fetched: it is larger than expected.
      -> The server sent a different file: check the address.
      http://127.0.0.1:PORT/file: received more than the expected 540000 bytes"
    `);
  });

  it('no such host, and a secret in the address', async () => {
    const urls = ['http://user:secret@mirror.invalid/file', `${server.url}/absent`];
    const text = shown(await get({ urls }));
    expect(text).not.toContain('secret');
    expect(text.replace(/mirror.invalid\/file: .*/, 'mirror.invalid/file: NOT FOUND')).toMatchInlineSnapshot(`
      "[gone] the file could not be fetched: no server has it.
      -> Check whether the file has moved, or configure a mirror that has it.
      http://***@mirror.invalid/file: NOT FOUND
      http://127.0.0.1:PORT/absent: HTTP 404 Not Found"
    `);
  });
});
