import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { isKey } from '../object/key';

/** Where the objects of a store are. */
export interface S3Address {
  /** For messages: "s3://bucket/prefix". */
  readonly name: string;
  readonly region: string;
  /** URL of the bucket, without a slash at its end. */
  readonly bucketUrl: string;
  /** Stands before each key: "" or "prefix/". */
  readonly prefix: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Names of buckets (Amazon S3 User Guide, "General purpose bucket naming rules"); others' servers allow more. */
const BUCKET = /^[a-z0-9][a-z0-9._-]{1,62}$/;

/**
 * Returns the address for "s3://bucket/prefix". The endpoint is AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, or that of
 * AWS for the region AWS_REGION or AWS_DEFAULT_REGION. Fails with `usage`.
 */
export function s3Address(url: string, env: Environment): Result<S3Address> {
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]*)(.*)$/.exec(url) ?? [];
  const prefix = path.replace(/^\/+|\/+$/g, '');
  if (!BUCKET.test(bucket)) return wrong(`"${url}" has no valid bucket name; expected "s3://bucket/prefix".`);
  if (prefix !== '' && !isKey(prefix))
    return wrong(`"${url}" has an invalid prefix; expected "s3://bucket/prefix".`);
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1';
  const endpoint = env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'];
  if (endpoint !== undefined && !/^https?:\/\/./.test(endpoint))
    return wrong(`AWS_ENDPOINT_URL is "${endpoint}"; expected a URL with https:// or http://.`);
  const bucketUrl = endpoint ? `${endpoint.replace(/\/+$/, '')}/${bucket}` : awsUrl(bucket, region);
  return ok({ name: url, region, bucketUrl, prefix: prefix && `${prefix}/` });
}

/** A bucket with dots in its name has no valid certificate as a host (S3 User Guide, "Virtual hosting"). */
function awsUrl(bucket: string, region: string): string {
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  return bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
}

function wrong(message: string): Result<never> {
  const failure: Failure = { code: 'usage', message };
  return fail(failure);
}
