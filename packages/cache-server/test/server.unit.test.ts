import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@image-tooling/testkit/helpers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startRig, TOKENS, type Rig, type RigOptions } from './rig';
import { exchange, opening, read } from './sockets';

const LARGE = 300_000;

let rig: Rig;
const opened: Rig[] = [];

beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());
afterEach(() => Promise.all(opened.splice(0).map((one) => one.stop())));

async function open(options: RigOptions): Promise<Rig> {
  const one = await startRig(options);
  opened.push(one);
  return one;
}

describe('what Nx survives', () => {
  it('a broken disk: 404 and 403', async () => {
    const broken = await open({});
    await broken.put('1', 'x');
    rmSync(join(broken.folder, 'storage'), { recursive: true });
    writeFileSync(join(broken.folder, 'storage'), 'not a folder');
    expect(await broken.get('1')).toMatchObject({ status: 404 });
    expect(await broken.put('2', 'x')).toMatchObject({ status: 403, reason: 'storage' });
    expect(broken.log).toContainEqual(
      expect.objectContaining({ level: 'warn', reason: 'storage', trueStatus: 503 }),
    );
    rmSync(join(broken.folder, 'storage'));
    mkdirSync(join(broken.folder, 'storage'));
    expect((await broken.put('2', 'x')).status).toBe(200);
  });

  it('no place for temporary files: 403', async () => {
    const broken = await open({ config: { temporary: '/dev/full/x' } });
    expect(await broken.put('1', randomBytes(LARGE))).toMatchObject({ status: 403, reason: 'storage' });
    expect((await broken.put('2', 'small')).status).toBe(200);
  });

  it('an entry above the limit, also if its size was not announced; the connection stays usable', async () => {
    const small = await open({ config: { limits: { entry: '100KB' } } });
    expect(await small.put('1', randomBytes(LARGE))).toMatchObject({ status: 403, reason: 'too-large' });
    const chunked = await exchange(small.port, [
      `PUT /v1/cache/2 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKENS.writer}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      `${(200_000).toString(16)}\r\n${'x'.repeat(200_000)}\r\n0\r\n\r\n`,
      `GET /v1/cache/3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${TOKENS.writer}\r\n\r\n`,
    ]);
    expect(chunked.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 403', 'HTTP/1.1 404']);
    await expect.poll(small.temporaryFiles).toEqual([]);
  });

  it('a full quota, of the namespace and of all', async () => {
    const full = await open({ config: { limits: { trusted: '200KB', own: '100KB', total: '250KB' } } });
    expect((await full.put('1', randomBytes(150_000))).status).toBe(200);
    expect(await full.put('2', randomBytes(60_000))).toMatchObject({ status: 403, reason: 'quota' });
    expect((await full.put('3', randomBytes(40_000))).status).toBe(200);
    expect((await full.put('4', randomBytes(50_000), TOKENS.named)).status).toBe(200);
    expect(await full.put('5', randomBytes(40_000), TOKENS.named)).toMatchObject({
      status: 403,
      reason: 'quota',
    });
    expect((await full.put('1', randomBytes(1000))).status).toBe(409);
  });

  it('other methods and paths', async () => {
    for (const method of ['POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'])
      expect((await rig.ask(method, '/v1/cache/1', { token: TOKENS.writer })).status).toBe(404);
    for (const path of ['/', '/v1/cache', '/v2/cache/1', '/V1/CACHE/1', '*', '/healthz/x'])
      expect((await rig.ask('GET', path, { token: TOKENS.writer })).status, path).toBe(404);
  });

  it('an upload that breaks stores nothing, and leaves nothing behind', async () => {
    const socket = await opening(rig.port);
    socket.write(
      `PUT /v1/cache/600 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKENS.writer}\r\nContent-Length: 900000\r\n\r\n`,
    );
    await new Promise<void>((resolve) => socket.write('x'.repeat(400_000), () => resolve()));
    await expect.poll(() => rig.temporaryFiles().length).toBe(1);
    socket.destroy();
    await expect.poll(rig.temporaryFiles).toEqual([]);
    expect((await rig.get('600')).status).toBe(404);
    expect((await rig.put('600', 'x')).status).toBe(200);
  });

  it('garbage in place of HTTP ends its own connection only', async () => {
    expect(await exchange(rig.port, ['\0\0\0 nonsense\r\n\r\n'])).toBe('');
    expect((await rig.get('404')).status).toBe(404);
  });
});

describe('operation', () => {
  it('health, readiness and metrics', async () => {
    const one = await open({});
    await one.put('1', 'four');
    await one.get('1');
    await one.get('2');
    await one.get('2', 'wrong');
    expect((await one.ask('GET', '/healthz')).status).toBe(200);
    expect((await one.ask('GET', '/readyz')).status).toBe(200);
    const metrics = (await one.ask('GET', '/metrics')).body.toString();
    for (const line of [
      'image_cache_requests_total{method="PUT",reason="stored",project="tooling"} 1',
      'image_cache_requests_total{method="GET",reason="hit",project="tooling"} 1',
      'image_cache_requests_total{method="GET",reason="miss",project="tooling"} 1',
      'image_cache_requests_total{method="GET",reason="unknown-token",project=""} 1',
      'image_cache_bytes_total{direction="sent",project="tooling"} 4',
      'image_cache_stored_bytes{project="tooling",kind="trusted"} 4',
      'image_cache_request_seconds_count{method="GET"} 3',
    ])
      expect(metrics.split('\n')).toContain(line);
    expect(metrics).toMatch(/^process_resident_memory_bytes \d+$/m);
  });

  it('removes temporary files that a killed server left, and no newer ones', async () => {
    const temporary = temporaryFolder();
    for (const name of ['old', 'new']) writeFileSync(join(temporary, name), '');
    utimesSync(join(temporary, 'old'), 0, 0);
    await open({ config: { temporary } });
    expect(readdirSync(temporary)).toEqual(['new']);
  });

  it('stops: lets what runs end, and accepts nothing new', async () => {
    const one = await startRig();
    const { socket, answer } = await halfAnUpload(one);
    const stopped = one.stop();
    await expect(opening(one.port)).rejects.toThrow();
    socket.write('cd');
    expect(await answer).toContain('HTTP/1.1 200');
    await stopped;
    expect(one.log.at(-1)).toMatchObject({ event: 'stopped', endedRequests: 0 });
  });

  it('ends requests that take longer than the limit when it stops', async () => {
    const one = await startRig({ config: { stopSeconds: 1 } });
    const { answer } = await halfAnUpload(one);
    await one.stop();
    expect(await answer).toBe('');
    expect(one.log.at(-1)).toMatchObject({ event: 'stopped', endedRequests: 1 });
  });
});

it('writes no headers, tokens or bodies into its log', async () => {
  await rig.ask('PUT', '/v1/cache/900?secret=query-secret', {
    token: TOKENS.writer,
    body: 'body-secret',
    headers: { 'x-header': 'header-secret' },
  });
  await rig.ask('GET', '/v1/cache/path-secret!', { token: 'guessed-token' });
  expect(rig.logText()).not.toMatch(/query-secret|body-secret|header-secret|path-secret|guessed-token/);
  for (const token of Object.values(TOKENS)) expect(rig.logText()).not.toContain(token);
  expect(rig.log).toContainEqual(
    expect.objectContaining({
      event: 'request',
      method: 'PUT',
      hash: '900',
      actor: 'writer',
      project: 'tooling',
    }),
  );
});

/** Sends two of four bytes, and waits until the server runs the request. */
async function halfAnUpload(one: Rig) {
  const socket = await opening(one.port);
  const answer = read(socket);
  socket.write(
    `PUT /v1/cache/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKENS.writer}\r\nContent-Length: 4\r\n\r\nab`,
  );
  await expect
    .poll(async () => (await one.ask('GET', '/metrics')).body.toString())
    .toContain('running_requests 2');
  return { socket, answer };
}
