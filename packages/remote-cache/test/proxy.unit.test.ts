import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { openObjectStore } from '@image-tooling/object-store';
import { startS3 } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { startCacheServer, type CacheServer } from '@image-tooling/testkit/cache-server';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Spool, SpoolFile } from '../src/proxy/spool';
import { openObjects } from '../src/sources/objects';
import type { CacheSource } from '../src/sources/source';
import { entryOf, HASH, newSigner } from './entries';
import { openRig, serverSource, temporary } from './rig';

const SIGNER = newSigner();
const PAYLOAD = Buffer.from('what a task made '.repeat(10_000));

let server: CacheServer;
beforeEach(async () => {
  server = await startCacheServer();
  return () => server.kill();
});

const serverRig = (more: object = {}) =>
  openRig({ signer: SIGNER, sources: [serverSource(server.url)], ...more });
const folderSource = (folder: string): CacheSource =>
  openObjects(valueOf(openObjectStore(`file://${folder}`, { env: {} })));

describe('a result', () => {
  it('that one machine writes is read by another', async () => {
    const writer = await serverRig();
    expect(await writer.get(HASH)).toBe(404);
    expect(await writer.put(HASH, PAYLOAD)).toBe(200);
    await writer.proxy.end(5000);
    expect(writer.proxy.counts.uploads).toMatchObject({ stored: 1, bytes: PAYLOAD.length });
    const reader = await openRig({ trusted: [SIGNER], sources: [serverSource(server.url)] });
    expect(PAYLOAD.equals((await reader.get(HASH)) as Buffer)).toBe(true);
    expect(reader.proxy.counts.sources[0]).toMatchObject({ hits: 1, bytes: PAYLOAD.length });
    await expect.poll(() => reader.spooled()).toEqual([]);
    expect(server.requests.every((one) => one.endsWith('Bearer secret-token'))).toBe(true);
  });

  it('goes through a folder', async () => {
    const folder = temporary();
    const writer = await openRig({ signer: SIGNER, sources: [folderSource(folder)] });
    expect(await writer.put(HASH, PAYLOAD)).toBe(200);
    await writer.proxy.end(5000);
    const reader = await openRig({ trusted: [SIGNER], sources: [folderSource(folder)] });
    expect(PAYLOAD.equals((await reader.get(HASH)) as Buffer)).toBe(true);
  });

  it('goes through a bucket of S3', async () => {
    const s3 = await startS3();
    onTestFinished(() => s3.stop());
    const source = () => openObjects(valueOf(openObjectStore('s3://bucket/cache', { env: s3.env })));
    const writer = await openRig({ signer: SIGNER, sources: [source()] });
    expect(await writer.get(HASH)).toBe(404);
    await writer.put(HASH, PAYLOAD);
    await writer.proxy.end(20_000);
    expect([...s3.objects.keys()]).toEqual([`cache/${HASH}`]);
    const reader = await openRig({ trusted: [SIGNER], sources: [source()] });
    expect(PAYLOAD.equals((await reader.get(HASH)) as Buffer)).toBe(true);
    s3.objects.set(`cache/${HASH}`, { bytes: Buffer.from('x'), mark: '', at: new Date() });
    expect(await reader.get(HASH)).toBe(404);
  });

  it('is read from the second cache if the first has none, or a bad one', async () => {
    const [own, shared] = [temporary(), temporary()];
    const writer = await openRig({ signer: SIGNER, sources: [folderSource(shared)] });
    await writer.put(HASH, PAYLOAD);
    await writer.proxy.end(5000);
    const reader = await openRig({ trusted: [SIGNER], sources: [folderSource(own), folderSource(shared)] });
    expect(PAYLOAD.equals((await reader.get(HASH)) as Buffer)).toBe(true);
    expect(reader.proxy.counts.sources.map(({ hits }) => hits)).toEqual([0, 1]);
  });

  it('is not uploaded without a key, and Nx goes on', async () => {
    const rig = await openRig({ trusted: [SIGNER], sources: [serverSource(server.url)] });
    expect(await rig.put(HASH, PAYLOAD)).toBe(403);
    expect(server.requests).toEqual([]);
  });

  it('replaces an entry in a folder that no reader accepts', async () => {
    const folder = temporary();
    const old = newSigner('old');
    const first = await openRig({ signer: old, sources: [folderSource(folder)] });
    await first.put(HASH, Buffer.from('by a key that was revoked'));
    await first.proxy.end(5000);
    const writer = await openRig({ signer: SIGNER, sources: [folderSource(folder)] });
    expect(await writer.get(HASH)).toBe(404);
    await writer.put(HASH, PAYLOAD);
    await writer.proxy.end(5000);
    const reader = await openRig({ trusted: [SIGNER], sources: [folderSource(folder)] });
    expect(PAYLOAD.equals((await reader.get(HASH)) as Buffer)).toBe(true);
  });

  it('is answered before its upload has ended', async () => {
    server.misdeed = ({ method }) => (method === 'PUT' ? 'hang' : undefined);
    const rig = await serverRig();
    expect(await rig.put(HASH, PAYLOAD)).toBe(200);
    expect(rig.proxy.counts.uploads.stored).toBe(0);
    await rig.proxy.end(100);
    expect(rig.proxy.counts.uploads).toMatchObject({ failed: 0, unfinished: 1 });
  });

  it('of 20 writers at once is stored once and whole', async () => {
    const folder = temporary();
    const writers = await Promise.all(
      Array.from({ length: 20 }, () => openRig({ signer: SIGNER, sources: [folderSource(folder)] })),
    );
    await Promise.all(writers.map((rig, index) => rig.put(HASH, Buffer.alloc(200_000, index))));
    await Promise.all(writers.map((rig) => rig.proxy.end(10_000)));
    const uploads = writers.map((rig) => rig.proxy.counts.uploads);
    expect(uploads.filter(({ stored }) => stored === 1)).toHaveLength(1);
    expect(uploads.filter(({ exists }) => exists === 1)).toHaveLength(19);
    const reader = await openRig({ trusted: [SIGNER], sources: [folderSource(folder)] });
    const got = (await reader.get(HASH)) as Buffer;
    expect(new Set(got).size).toBe(1);
    expect(got).toHaveLength(200_000);
  });
});

describe('a payload', () => {
  it.each([
    ['memory', PAYLOAD.length],
    ['a file, without room in memory', PAYLOAD.length - 1],
  ])('in %s is checked, sent and removed', async (_, memoryBytes) => {
    const rig = await serverRig({ memoryBytes });
    const damaged = entryOf(PAYLOAD, SIGNER);
    damaged[damaged.length - 1]! ^= 1;
    // The room is given back after each, good or not.
    for (const entry of [entryOf(PAYLOAD, SIGNER), damaged, entryOf(PAYLOAD, SIGNER)]) {
      server.entries.set(HASH, entry);
      expect(await rig.get(HASH)).toEqual(entry === damaged ? 404 : PAYLOAD);
    }
    await expect.poll(() => rig.spooled()).toEqual([]);
    expect(rig.proxy.counts.sources[0]).toMatchObject({ hits: 2, refused: { checksum: 1 } });
  });

  it('takes room in memory until it is removed', async () => {
    const spool = new Spool(temporary(), 10);
    const [first, second] = [await spool.newPayload(6), await spool.newPayload(6)];
    await first.write(Buffer.from('abcdef'));
    expect(first.read()).toEqual(Buffer.from('abcdef'));
    expect(second).toBeInstanceOf(SpoolFile);
    await Promise.all([first.remove(), first.remove(), second.remove()]);
    const large = await spool.newPayload(11);
    expect(large).toBeInstanceOf(SpoolFile);
    await large.remove();
    expect(await spool.newPayload(10)).not.toBeInstanceOf(SpoolFile);
  });

  it('of no bytes is sent', async () => {
    server.entries.set(HASH, entryOf(Buffer.alloc(0), SIGNER));
    for (const memoryBytes of [0, 100])
      expect(await (await serverRig({ memoryBytes })).get(HASH)).toEqual(Buffer.alloc(0));
  });
});

describe('the machine', () => {
  it('may have a full disk', async ({ skip }) => {
    const folder = temporary();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'pipe' });
    } catch {
      return skip('needs root, to mount a small tmpfs');
    }
    onTestFinished(() => void execFileSync('umount', [folder]));
    const reading = await serverRig({ folder, memoryBytes: 0 });
    server.entries.set(HASH, entryOf(PAYLOAD, SIGNER));
    expect(await reading.get(HASH)).toBe(404);
    expect(await reading.put(HASH, PAYLOAD)).toBe(403);
    expect(reading.proxy.counts.local[0]).toContain('No space left');
    expect(reading.proxy.counts.sources[0]).toMatchObject({ faults: 0, isOff: false });
    expect(reading.spooled()).toEqual([]);
    expect(reading.bugs).toEqual([]);
  });

  it('may kill Nx in the middle of a PUT', async () => {
    const rig = await serverRig();
    const socket = connect(Number(new URL(rig.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `PUT /v1/cache/${HASH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${rig.token}\r\nContent-Length: 1000000\r\n\r\nhalf`,
    );
    await expect.poll(() => rig.spooled()).toHaveLength(1);
    socket.destroy();
    await expect.poll(() => rig.spooled()).toEqual([]);
    await rig.proxy.end(1000);
    expect(server.entries.size).toBe(0);
    expect(rig.bugs).toEqual([]);
  });

  it('may kill Nx in the middle of a GET', async () => {
    server.entries.set(HASH, entryOf(Buffer.alloc(20_000_000), SIGNER));
    const rig = await serverRig();
    const socket = connect(Number(new URL(rig.url).port), '127.0.0.1');
    socket.write(`GET /v1/cache/${HASH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${rig.token}\r\n\r\n`);
    await once(socket, 'data');
    socket.destroy();
    await expect.poll(() => rig.spooled()).toEqual([]);
    expect(rig.bugs).toEqual([]);
  });
});

describe('a result over the limit', () => {
  it.each(['declared', 'streamed'])('stays on this machine: %s', async (how) => {
    const rig = await serverRig({ mostBytes: 1_000_000 });
    const bytes = new Uint8Array(1_000_001);
    const stream = new Blob([bytes]).stream();
    const body = how === 'declared' ? { body: bytes } : { body: stream, duplex: 'half' };
    const headers = { authorization: `Bearer ${rig.token}` };
    const answer = await fetch(`${rig.url}/v1/cache/${HASH}`, {
      method: 'PUT',
      headers,
      ...body,
    } as RequestInit);
    expect(answer.status).toBe(403);
    expect(rig.spooled()).toEqual([]);
    expect(await rig.put(HASH, Buffer.alloc(1_000_000))).toBe(200);
  });
});

describe('other users of the machine', () => {
  it.each([
    ['without a token', {}],
    ['with a wrong token', { authorization: 'Bearer x' }],
    ['with a token of the same length', { authorization: `Bearer ${'A'.repeat(43)}` }],
  ])('get nothing %s', async (_, headers) => {
    const rig = await serverRig();
    server.entries.set(HASH, entryOf(PAYLOAD, SIGNER));
    const at = `${rig.url}/v1/cache/${HASH}`;
    expect((await fetch(at, { headers })).status).toBe(404);
    expect((await fetch(at, { method: 'PUT', body: 'x', headers })).status).toBe(403);
    expect((await fetch(`${rig.url}/v1/end`, { method: 'POST', headers })).status).toBe(403);
    expect(server.requests).toEqual([]);
  });

  it.each(['..%2f..%2fetc', '.', 'a%00b', 'x'.repeat(200), ''])(
    'and no hash names a file: %j',
    async (hash) => {
      const folder = temporary();
      const rig = await openRig({ signer: SIGNER, sources: [folderSource(folder)] });
      expect(await rig.get(hash)).toBe(404);
      expect(await rig.put(hash, PAYLOAD)).toBe(403);
      await rig.proxy.end(1000);
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});
