import { codesOf, valueOf } from '@image-tooling/testkit/helpers';
import { startMoto, type Moto } from '@image-tooling/testkit/programs';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openObjectStore } from '../src';
import { listed, storeContract, text } from './contract';

const LOGIN = { AWS_ACCESS_KEY_ID: 'AKIDTEST', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-central-1' };

let server: Moto;
let stores = 0;

beforeAll(async () => {
  server = await startMoto();
  const client = new AwsClient({
    accessKeyId: LOGIN.AWS_ACCESS_KEY_ID,
    secretAccessKey: LOGIN.AWS_SECRET_ACCESS_KEY,
    region: LOGIN.AWS_REGION,
    service: 's3',
  });
  const body = `<CreateBucketConfiguration><LocationConstraint>${LOGIN.AWS_REGION}</LocationConstraint></CreateBucketConfiguration>`;
  expect((await client.fetch(`${server.url}/bucket`, { method: 'PUT', body })).status).toBe(200);
}, 600_000);

afterAll(() => server.stop());

function open(path = `bucket/store-${++stores}`) {
  return valueOf(openObjectStore(`s3://${path}`, { env: { ...LOGIN, AWS_ENDPOINT_URL: server.url } }));
}

describe('moto', () => {
  storeContract(() => open());

  it('lists more than a page of 1,000', async () => {
    const store = open();
    const keys = Array.from({ length: 1001 }, (_, at) => `key-${at}`);
    for (const key of keys) valueOf(await store.put(key, text('x')));
    expect((await listed(store)).map(({ key }) => key).sort()).toEqual(keys.sort());
  }, 120_000);

  it('fails for a missing bucket', async () => {
    expect(codesOf(await open('missing').get('key'))).toEqual(['http-status']);
  });
});
