import { startS3, type S3Fault, type S3Server } from '@image-tooling/testkit';
import { codesOf, failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openObjectStore, type ObjectStore } from '../src';
import { listed, read, storeContract, text } from './contract';

const TIMINGS = { backoffSeconds: 0.001, tries: 3 };
const IMPATIENT = { ...TIMINGS, readAnswerSeconds: 0.3, writeAnswerSeconds: 0.3 };

let server: S3Server;
let stores = 0;

beforeAll(async () => {
  server = await startS3();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.faultOf = () => undefined;
  server.objects.clear();
  server.asked.length = 0;
});

function open(url = `s3://bucket/store-${++stores}/deep`, env = server.env, timings = TIMINGS): ObjectStore {
  return valueOf(openObjectStore(url, { env, timings }));
}

/** Lets the first requests with a method go wrong. */
function failFirst(method: string, count: number, fault: S3Fault): void {
  let left = count;
  server.faultOf = (request) => (request.method === method && left-- > 0 ? fault : undefined);
}

describe('S3', () => {
  storeContract(() => open());

  it('puts keys below the prefix, and ignores what others keep there', async () => {
    const store = open('s3://bucket/pre/fix/');
    valueOf(await store.put('a/b', text('x')));
    expect([...server.objects.keys()]).toEqual(['pre/fix/a/b']);
    const stranger = { bytes: Buffer.from('x'), mark: '', at: new Date() };
    for (const key of ['pre/fix/ &amp;', 'pre/fix/', 'pre/fixed', 'other']) server.objects.set(key, stranger);
    expect((await listed(store)).map(({ key }) => key)).toEqual(['a/b']);
  });

  it.each<S3Fault>([{ status: 503, code: 'SlowDown' }, { status: 500 }, 'hang', 'lost-answer', 'garbage'])(
    'tries again after %j',
    async (fault) => {
      const store = open('s3://bucket', server.env, IMPATIENT);
      failFirst('PUT', 1, fault);
      expect(valueOf(await store.put('key', text('content')))).toBe('stored');
      failFirst('GET', 1, fault);
      expect(await read(store, 'key')).toBe('content');
      failFirst('GET', 1, fault);
      expect(await listed(store)).toHaveLength(1);
      failFirst('DELETE', 1, fault);
      valueOf(await store.delete('key'));
      expect(server.objects.size).toBe(0);
    },
  );

  it('knows its own object if the answer was lost, and another writer’s', async () => {
    const store = open();
    failFirst('PUT', 1, 'lost-answer');
    expect(valueOf(await store.put('key', text('mine')))).toBe('stored');
    failFirst('PUT', 1, 'lost-answer');
    expect(valueOf(await store.put('key', text('other')))).toBe('exists');
    expect(await read(store, 'key')).toBe('mine');
  });

  it('tries again after a conflict of writers (409)', async () => {
    failFirst('PUT', 2, { status: 409, code: 'ConditionalRequestConflict' });
    expect(valueOf(await open().put('key', text('x')))).toBe('stored');
    failFirst('PUT', 99, { status: 409, code: 'ConditionalRequestConflict' });
    expect(valueOf(await open().put('key', text('x')))).toBe('exists');
  });

  it('fails to replace an object if the conflict does not end: it may not be there', async () => {
    failFirst('PUT', 99, { status: 409, code: 'OperationAborted' });
    const replaced = await open().put('key', text('x'), { replaces: true });
    expect(failuresOf(replaced)[0].message).toMatch(/answered 409/);
    expect(server.objects.size).toBe(0);
  });

  it.each<[S3Fault, string]>([
    [{ status: 500 }, 'http-status'],
    ['hang', 'timeout'],
    ['lost-answer', 'network'],
    ['garbage', 'network'],
  ])('gives up after %j', async (fault, code) => {
    const store = open('s3://bucket', server.env, IMPATIENT);
    server.faultOf = () => fault;
    const results = [store.get('key'), store.put('key', text('x')), store.delete('key')] as const;
    const listing = expect(listed(store)).rejects.toMatchObject({ failure: { code } });
    for (const result of results) expect(codesOf(await result)).toEqual([code]);
    await listing;
  });

  it('fails in the body, if that is cut off', async () => {
    const store = open();
    valueOf(await store.put('key', text('content '.repeat(1000))));
    server.faultOf = () => 'cut';
    const { body } = valueOf(await store.get('key'))!;
    await expect(buffer(body)).rejects.toMatchObject({ failure: { code: 'network' } });
    await expect(listed(store)).rejects.toMatchObject({ failure: { code: 'network' } });
  });

  it('stores nothing if other bytes arrive than were signed', async () => {
    const store = open();
    const failures = failuresOf(await store.put('key', { ...text('content'), sha256: 'a'.repeat(64) }));
    expect(failures[0].message).toContain('XAmzContentSHA256Mismatch');
    expect(server.objects.size).toBe(0);
  });

  it('gives hints for a missing bucket and wrong credentials, without the secret', async () => {
    const [missing] = failuresOf(await open('s3://missing').get('key'));
    expect(missing.message).toContain('NoSuchBucket');
    const env = { ...server.env, AWS_SECRET_ACCESS_KEY: 'wrong-secret' };
    const refused = failuresOf(await open('s3://bucket', env).get('key'));
    expect(refused[0].hint).toBe('Check AWS_SECRET_ACCESS_KEY.');
    expect(JSON.stringify(refused)).not.toContain('wrong-secret');
  });

  it('reports missing credentials and a wrong URL at once', () => {
    const env = { AWS_ENDPOINT_URL: 'cache.example' };
    expect(codesOf(openObjectStore('s3://bucket', { env }))).toEqual(['usage', 'usage']);
  });
});
