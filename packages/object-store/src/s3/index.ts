import { caught, type HttpTimings } from '@image-tooling/host';
import { failWith, ok, type Result } from '@image-tooling/model';
import { checkKey } from '../object/key';
import type { ObjectStore } from '../object/port';
import { s3Address, type S3Address } from './address';
import { s3Credentials } from './credentials';
import { getObject } from './get';
import { listObjects } from './list';
import { putObject } from './put';
import { S3_TIMINGS, S3Requests } from './requests';

export { S3_TIMINGS };

export interface S3Options {
  /** AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL; proxies. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Differences from `S3_TIMINGS`. */
  readonly timings?: Partial<HttpTimings>;
}

/**
 * Opens a bucket, or a prefix in it, as a store. The server must know `If-None-Match: *` for PUT: Amazon S3 and most
 * others do. Fails with `usage` for a wrong URL or missing credentials.
 */
export function openS3Store(url: string, options: S3Options): Result<ObjectStore> {
  const address = s3Address(url, options.env);
  const credentials = s3Credentials(options.env);
  if (!address.ok || !credentials.ok) return failed(address, credentials);
  const timings = { ...S3_TIMINGS, ...options.timings };
  const requests = new S3Requests(address.value, credentials.value, { ...options, timings });
  return ok(storeOf(address.value, requests, timings));
}

function failed(...results: readonly Result<unknown>[]): Result<never> {
  return failWith(results.flatMap((result) => (result.ok ? [] : result.failures)));
}

function storeOf(address: S3Address, requests: S3Requests, timings: HttpTimings): ObjectStore {
  const { name } = address;
  const at = (key: string) => {
    checkKey(key);
    return { requests, path: `/${address.prefix}${key}`, place: `${name}/${key}` };
  };
  return {
    name,
    get: (key, options = {}) => caught(name, () => getObject(at(key), options)),
    put: (key, object, options = {}) =>
      caught(name, () => putObject(at(key), object, { ...options, timings })),
    list: (prefix, { signal } = {}) =>
      listObjects({ requests, name, prefix: address.prefix, signal }, prefix),
    delete: (key, options = {}) => caught(name, () => deleteObject(at(key), options.signal)),
    close: () => requests.close(),
  };
}

interface Target {
  readonly requests: S3Requests;
  readonly path: string;
  readonly place: string;
}

async function deleteObject({ requests, path, place }: Target, signal?: AbortSignal): Promise<void> {
  const expected = [200, 204];
  const answer = await requests.send({
    method: 'DELETE',
    path,
    expected,
    signal,
    purpose: `delete ${place}`,
  });
  answer.body.destroy();
}
