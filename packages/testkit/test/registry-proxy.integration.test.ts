import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  EMPTY_BODY,
  plainRequest,
  pushPlainBlob,
  pushPlainImage,
  rawManifest,
  sha256Of,
  startFaultProxy,
  startRegistry,
  tagsOf,
  whyNoRegistry,
  wholeAt,
  type FaultProxy,
  type PushedImage,
  type RealRegistry,
  type RegistryFault,
} from '@image-tooling/testkit';

const missing = whyNoRegistry();
const CONTENT = Buffer.alloc(200_000, 'layer');

describe('a fault proxy in front of a real registry', () => {
  if (missing !== undefined) {
    it('is not tried', (context) => context.skip(missing));
    return;
  }
  let registry: RealRegistry;
  let proxy: FaultProxy;
  let image: PushedImage;
  const blobPath = (): string => `/v2/team/app/blobs/${image.layer}`;
  const getBlob = () => plainRequest(proxy, 'GET', blobPath());
  const onGet = (fault: RegistryFault): void => proxy.fault({ method: 'GET', path: /\/blobs\//, fault });

  beforeAll(async () => {
    registry = await startRegistry();
    proxy = await startFaultProxy(registry);
    image = await pushPlainImage(proxy, 'team/app', CONTENT, { tag: '1' });
  });
  beforeEach(() => {
    proxy.heal();
    proxy.forget();
  });
  afterAll(async () => {
    await proxy.stop();
    await registry.stop();
  });

  it('passes a push and a pull on, whole, and its clients stay on it', async () => {
    expect(await wholeAt(proxy, 'team/app', '1')).toEqual([]);
    const { headers } = await plainRequest(proxy, 'POST', '/v2/team/app/blobs/uploads/', EMPTY_BODY);
    expect(headers['location']).toMatch(`${proxy.url}/v2/team/app/blobs/uploads/`);
  });

  it('records what passes', async () => {
    await plainRequest({ url: proxy.url, authorization: 'Basic eDp5' }, 'GET', `${blobPath()}?a=b`);
    await pushPlainBlob(proxy, 'team/app', Buffer.from('12345'));
    expect(proxy.requests).toMatchObject([
      { sequence: 1, method: 'GET', path: blobPath(), query: 'a=b', authorization: true, status: 200 },
      { sequence: 2, method: 'POST', authorization: false, status: 202, receivedBytes: 0 },
      { sequence: 3, method: 'PUT', status: 201, receivedBytes: 5 },
    ]);
    expect(proxy.requests[0]?.sentBytes).toBe(CONTENT.length);
    expect(proxy.asked({ method: /PUT|POST/ })).toHaveLength(2);
  });

  it('answers itself: only the nth request, only a number of times', async () => {
    proxy.fault({ nth: 2, fault: { kind: 'answer', status: 429, headers: { 'retry-after': '3' } } });
    expect((await getBlob()).status).toBe(200);
    expect(await getBlob()).toMatchObject({ status: 429, headers: { 'retry-after': '3' } });
    expect((await getBlob()).status).toBe(200);
    proxy.heal();
    proxy.fault({ times: 2, fault: { kind: 'answer', status: 503, body: 'busy' } });
    expect([(await getBlob()).status, (await getBlob()).status, (await getBlob()).status]).toEqual([
      503, 503, 200,
    ]);
    expect(proxy.requests.map(({ fault }) => fault)).toEqual([
      undefined,
      'answer',
      undefined,
      'answer',
      'answer',
      undefined,
    ]);
  });

  it('answers before the body is read', async () => {
    proxy.fault({ method: 'PUT', fault: { kind: 'answer', status: 507, early: true } });
    const answer = await sendSlowly(proxy, 'PUT', '/v2/team/app/blobs/uploads/x', 1_000_000, 1);
    expect(answer).toBe(507);
  });

  it('resets a request in the middle: the registry got just so much', async () => {
    const upload = await plainRequest(proxy, 'POST', '/v2/team/app/blobs/uploads/', EMPTY_BODY);
    const to = String(upload.headers['location']).slice(proxy.url.length);
    proxy.fault({ method: 'PATCH', fault: { kind: 'reset-request', afterBytes: 100_000 } });
    await expect(plainRequest(proxy, 'PATCH', to, { body: CONTENT })).rejects.toThrow(
      /ECONNRESET|hang up|EPIPE/,
    );
    expect(proxy.requests.at(-1)?.error?.message).toBe('Cut after 100000 bytes.');
    const id = /uploads\/([^?]+)/.exec(to)?.[1] ?? '';
    const file = (await registry.files()).find((path) => path.endsWith(`/_uploads/${id}/data`));
    // What is on its way when the connection breaks still arrives.
    await expect.poll(async () => (await stat(file ?? '')).size).toBe(100_000);
  });

  it('loses a reply after the request is done', async () => {
    proxy.fault({ method: 'PUT', path: /manifests/, fault: { kind: 'lose-reply' } });
    await expect(pushPlainImage(proxy, 'team/app', 'x', { tag: 'lost' })).rejects.toThrow(
      /ECONNRESET|hang up/,
    );
    expect(await tagsOf(registry, 'team/app')).toContain('lost');
  });

  it('resets, cuts short, or alters an answer', async () => {
    onGet({ kind: 'reset-answer', afterBytes: 1000 });
    await expect(getBlob()).rejects.toThrow(/aborted|ECONNRESET/);
    onGet({ kind: 'truncate-answer', bytes: 1000 });
    expect((await getBlob()).body).toEqual(CONTENT.subarray(0, 1000));
    onGet({ kind: 'flip-bit', at: 150_000 });
    const { body, headers } = await getBlob();
    expect([body.length, headers['docker-content-digest']]).toEqual([CONTENT.length, image.layer]);
    expect(body.compare(CONTENT)).not.toBe(0);
    body[150_000]! ^= 1;
    expect(sha256Of(body)).toBe(image.layer);
  });

  it('alters a manifest, which stays well-formed', async () => {
    const edit = (json: Record<string, unknown>) => (json['annotations'] = { evil: 'yes' });
    proxy.fault({ path: /manifests/, fault: { kind: 'alter-manifest', edit } });
    expect(await rawManifest(proxy, 'team/app', '1')).toMatchObject({
      json: { annotations: { evil: 'yes' } },
    });
    expect(await wholeAt(proxy, 'team/app', image.digest)).toEqual([
      expect.stringContaining('its bytes are sha256:'),
    ]);
  });

  it('is slow, or hangs', async () => {
    onGet({ kind: 'slow-answer', bytesPerSecond: 50 });
    const controller = await startedGet(proxy, blobPath());
    await expect.poll(() => proxy.requests[0]?.sentBytes).toBeGreaterThan(5);
    expect(proxy.requests[0]?.sentBytes).toBeLessThan(50);
    controller.abort();
    onGet({ kind: 'hang' });
    const hanging = await startedGet(proxy, blobPath());
    await expect.poll(() => proxy.requests[1]?.fault).toBe('hang');
    expect(proxy.requests[1]?.status).toBeUndefined();
    hanging.abort();
  });

  it('takes a body slowly', async () => {
    proxy.fault({ method: 'PATCH', fault: { kind: 'slow-request', bytesPerSecond: 100 } });
    const started = Date.now();
    const upload = await plainRequest(proxy, 'POST', '/v2/team/app/blobs/uploads/', EMPTY_BODY);
    const to = String(upload.headers['location']).slice(proxy.url.length);
    expect((await plainRequest(proxy, 'PATCH', to, { body: Buffer.alloc(20) })).status).toBe(202);
    expect(Date.now() - started).toBeGreaterThan(190);
  });

  it('makes a mount an upload', async () => {
    const mount = `/v2/team/other/blobs/uploads/?mount=${image.layer}&from=team%2Fapp`;
    proxy.fault({ path: /mount=/, times: 1, fault: { kind: 'mount-202' } });
    expect((await plainRequest(proxy, 'POST', mount, EMPTY_BODY)).status).toBe(202);
    expect((await plainRequest(proxy, 'POST', mount, EMPTY_BODY)).status).toBe(201);
  });

  it('holds a request, before or after the registry has done it', async () => {
    const before = proxy.hold({ method: 'PUT', path: /manifests\/held/ });
    const pushed = pushPlainImage(proxy, 'team/app', 'x', { tag: 'held' });
    expect(await before.arrived).toMatchObject({ method: 'PUT', path: '/v2/team/app/manifests/held' });
    expect(await tagsOf(registry, 'team/app')).not.toContain('held');
    const after = proxy.hold({ method: 'PUT', path: /manifests\/done/ }, 'answered');
    const done = pushPlainImage(proxy, 'team/app', 'x', { tag: 'done' });
    await after.arrived;
    expect(await tagsOf(registry, 'team/app')).toContain('done');
    before.release();
    after.release();
    await Promise.all([pushed, done]);
    expect(await tagsOf(registry, 'team/app')).toContain('held');
  });

  it('runs something in the middle of a request: the registry dies and comes back', async () => {
    const upload = await plainRequest(proxy, 'POST', '/v2/team/app/blobs/uploads/', EMPTY_BODY);
    const to = String(upload.headers['location']).slice(proxy.url.length);
    let restarted: Promise<void> | undefined;
    const work = () => (restarted = registry.restart());
    proxy.fault({ method: 'PATCH', times: 1, fault: { kind: 'run', work, when: { afterBytes: 100_000 } } });
    await expect(plainRequest(proxy, 'PATCH', to, { body: CONTENT })).rejects.toThrow(
      /ECONNRESET|hang up|EPIPE/,
    );
    await restarted;
    expect(await pushPlainBlob(proxy, 'team/app', Buffer.from('after'))).toBe(sha256Of(Buffer.from('after')));
    expect(await wholeAt(proxy, 'team/app', '1')).toEqual([]);
  });

  it('cuts the connection if its function says so, before or after the registry’s answer', async () => {
    const work = () => 'cut';
    proxy.fault({ method: 'PUT', path: /manifests\/never/, fault: { kind: 'run', work } });
    proxy.fault({
      method: 'PUT',
      path: /manifests\/unknown/,
      fault: { kind: 'run', work, when: 'answered' },
    });
    for (const tag of ['never', 'unknown'])
      await expect(pushPlainImage(proxy, 'team/app', 'x', { tag })).rejects.toThrow(/ECONNRESET|hang up/);
    const tags = await tagsOf(registry, 'team/app');
    expect([tags.includes('never'), tags.includes('unknown')]).toEqual([false, true]);
  });

  it('cuts the client if the registry is not running', async () => {
    await registry.kill();
    await expect(getBlob()).rejects.toThrow(/ECONNRESET|hang up/);
    await registry.restart();
    expect((await getBlob()).status).toBe(200);
  });
});

/** Starts a GET without waiting for it. */
async function startedGet(proxy: FaultProxy, path: string): Promise<AbortController> {
  const controller = new AbortController();
  const sent = request(new URL(path, proxy.url), { agent: false, signal: controller.signal });
  sent.on('error', () => undefined);
  sent.on('response', (answer) => answer.on('error', () => undefined).resume());
  sent.end();
  return controller;
}

/**
 * Returns the status of a request whose body is sent in pieces and never ends, should no answer come before.
 */
function sendSlowly(
  proxy: FaultProxy,
  method: string,
  path: string,
  length: number,
  piece: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': length };
    const sent = request(new URL(path, proxy.url), { method, agent: false, headers }, (answer) => {
      resolve(answer.statusCode ?? 0);
      sent.destroy();
    });
    sent.on('error', reject);
    Readable.from([Buffer.alloc(piece)]).pipe(sent, { end: false });
  });
}
