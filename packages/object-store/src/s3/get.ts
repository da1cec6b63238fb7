import { Readable } from 'node:stream';
import { discardBody, Fault } from '@image-tooling/host';
import type { GetOptions, StoredObject } from '../object/port';
import { readError, refused } from './failures';
import type { S3Answer, S3Requests } from './requests';

interface Target {
  readonly requests: S3Requests;
  readonly path: string;
  /** For messages. */
  readonly place: string;
}

/** Reads an object; undefined if the bucket has none. Throws a `Fault`, also if there is no such bucket. */
export async function getObject(target: Target, options: GetOptions): Promise<StoredObject | undefined> {
  const { mostBytes, signal } = options;
  const { requests, path, place } = target;
  const range = mostBytes === undefined ? {} : { headers: { range: `bytes=0-${mostBytes - 1}` } };
  const request = { method: 'GET', path, ...range, signal, purpose: `read ${place}` } as const;
  const answer = await requests.send({ ...request, expected: [200, 206, 404, 416] });
  if (answer.status === 404) return absent(answer, request.purpose);
  if (answer.status !== 416) return { size: sizeOf(answer, place), body: answer.body };
  await discardBody(answer);
  return { size: 0, body: Readable.from([]) };
}

async function absent(answer: S3Answer, purpose: string): Promise<undefined> {
  const error = await readError(answer);
  if (error.code === 'NoSuchBucket') throw refused({ method: 'GET', purpose, url: answer.url }, 404, error);
  return undefined;
}

/** The size of the whole object: Content-Range has it for a part (RFC 9110 section 14.4). */
function sizeOf({ headers, status, url, body }: S3Answer, place: string): number {
  const text =
    status === 206 ? /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] : headers['content-length'];
  if (text !== undefined && /^\d+$/.test(text)) return Number(text);
  body.destroy();
  throw new Fault({ code: 'network', message: `Could not read ${place}: ${url.host} gave no size.` });
}
