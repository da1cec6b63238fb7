import { createHash, randomBytes } from 'node:crypto';
import { startS3, type S3Server } from '@image-tooling/testkit';
import { codesOf, valueOf } from '@image-tooling/testkit/helpers';
import { openObjectStore } from '@image-tooling/object-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkWriteOnce } from '../src/serve/write-once';
import { startRig, type Rig } from './rig';

let s3: S3Server;
let rig: Rig;

beforeAll(async () => {
  s3 = await startS3();
  rig = await startRig({ config: { storage: 's3://bucket/cache' }, env: s3.env });
});
afterAll(async () => {
  await rig.stop();
  await s3.stop();
});

it.each([10, 300_000])(
  'stores %d bytes once in a bucket, and checks them before it sends them',
  async (size) => {
    const hash = `7${size}`;
    const bytes = randomBytes(size);
    expect((await rig.put(hash, bytes)).status).toBe(200);
    expect((await rig.put(hash, 'other')).status).toBe(409);
    expect((await rig.get(hash)).body.equals(bytes)).toBe(true);
    const key = `cache/tooling/trusted/7${String(size)[0]}/${hash}`;
    const object = s3.objects.get(key)!;
    object.bytes[object.bytes.length - 1]! ^= 1;
    expect(await rig.get(hash)).toMatchObject({ status: 404, reason: 'miss' });
    expect(s3.objects.has(key)).toBe(false);
    expect([...s3.objects.keys()].some((name) => name.startsWith('cache/damaged/tooling/trusted/7'))).toBe(
      true,
    );
    await expect.poll(rig.temporaryFiles).toEqual([]);
  },
);

it('sends a layer to the bucket once, also to make it young again', async () => {
  const layer = randomBytes(1000);
  const name = `sha256-${createHash('sha256').update(layer).digest('hex')}`;
  const puts = () => s3.asked.filter((line) => line.startsWith('PUT') && line.endsWith(name));
  expect((await rig.put(name, layer)).status).toBe(200);
  expect((await rig.put(name, layer)).status).toBe(409);
  expect(puts()).toHaveLength(2);
});

it('answers 404 and 403 while the bucket fails, sets nothing aside, and goes on afterwards', async () => {
  await rig.put('800', randomBytes(300_000));
  const before = s3.objects.size;
  s3.faultOf = ({ method }) => (method === 'GET' ? 'cut' : { status: 403, code: 'AccessDenied' });
  expect(await rig.get('800')).toMatchObject({ status: 404, reason: 'storage' });
  expect(await rig.put('801', 'x')).toMatchObject({ status: 403, reason: 'storage' });
  s3.faultOf = () => undefined;
  expect(s3.objects.size).toBe(before);
  expect((await rig.get('800')).status).toBe(200);
  await expect.poll(rig.temporaryFiles).toEqual([]);
});

it('is not ready while the bucket fails', async () => {
  s3.faultOf = () => ({ status: 403, code: 'AccessDenied' });
  expect((await rig.ask('GET', '/readyz')).status).toBe(503);
  expect((await rig.ask('GET', '/healthz')).status).toBe(200);
  s3.faultOf = () => undefined;
});

it('does not start with a bucket that overwrites objects', async () => {
  const store = valueOf(openObjectStore('s3://bucket', { env: s3.env }));
  valueOf(await checkWriteOnce(store));
  s3.faultOf = (request) => {
    delete request.headers['if-none-match'];
    return undefined;
  };
  // The signature covers the header: without it, a real server of this kind would still accept.
  expect(codesOf(await checkWriteOnce(store))).not.toEqual([]);
  s3.faultOf = () => undefined;
});
