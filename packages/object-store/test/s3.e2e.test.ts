import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { codesOf, valueOf } from '@image-tooling/testkit/helpers';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openObjectStore } from '../src';
import { listed, storeContract, text } from './contract';

/** An S3 server of others: moto, in Python. */
const MOTO = 'moto[s3,server]==5.2.5';

const exec = promisify(execFile);
const LOGIN = { AWS_ACCESS_KEY_ID: 'AKIDTEST', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-central-1' };

let folder: string;
let server: ChildProcess;
let url: string;
let stores = 0;

/** pip takes its packages from where its own configuration says. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'image-tooling-test-'));
  const programs = join(folder, 'venv', 'bin');
  await exec('python3', ['-m', 'venv', join(folder, 'venv')]);
  await exec(join(programs, 'pip'), ['install', '--quiet', MOTO]);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  server = spawn(join(programs, 'moto_server'), ['-p', String(port)], { stdio: 'ignore' });
  while (!(await fetch(url).then(Boolean, () => false))) await sleep(200);
  const client = new AwsClient({
    accessKeyId: LOGIN.AWS_ACCESS_KEY_ID,
    secretAccessKey: LOGIN.AWS_SECRET_ACCESS_KEY,
    region: LOGIN.AWS_REGION,
    service: 's3',
  });
  const body = `<CreateBucketConfiguration><LocationConstraint>${LOGIN.AWS_REGION}</LocationConstraint></CreateBucketConfiguration>`;
  expect((await client.fetch(`${url}/bucket`, { method: 'PUT', body })).status).toBe(200);
}, 600_000);

afterAll(() => {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
});

function open(path = `bucket/store-${++stores}`) {
  return valueOf(openObjectStore(`s3://${path}`, { env: { ...LOGIN, AWS_ENDPOINT_URL: url } }));
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

function freePort(): Promise<number> {
  return new Promise((found) => {
    const one = createServer().listen(0, '127.0.0.1', () => {
      const { port } = one.address() as AddressInfo;
      one.close(() => found(port));
    });
  });
}
