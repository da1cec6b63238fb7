import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Of every server of the kit. */
export const S3_LOGIN = { AWS_ACCESS_KEY_ID: 'AKIDTEST', AWS_SECRET_ACCESS_KEY: 'secret/of+test' };

/** Returns whether a request has a valid AWS Signature Version 4 (S3 API Reference, "Authenticating Requests"). */
export function isSigned({ method, url = '', headers }: IncomingMessage): boolean {
  const match = /Credential=([^/]+)\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
    headers.authorization ?? '',
  );
  const [, key, scope = '', names = '', signature] = match ?? [];
  if (key !== S3_LOGIN.AWS_ACCESS_KEY_ID) return false;
  const { pathname, searchParams } = new URL(url, 'http://server');
  const query = [...searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const signed = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const content = String(headers['x-amz-content-sha256']);
  const lines = [method, pathname, query.join('&'), signed.join(''), names, content].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(lines)].join('\n');
  const signing = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${S3_LOGIN.AWS_SECRET_ACCESS_KEY}`);
  return hmac(signing, text).toString('hex') === signature;
}

export function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
