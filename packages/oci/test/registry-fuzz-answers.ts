import * as fc from 'fast-check';
import type { Step } from '@image-tooling/testkit';
import { mutatedBytes, mutatedJson, mutatedValues } from '@image-tooling/testkit/fuzz';
import { MEDIA_TYPES } from '../src/image/manifest';

/** What becomes of one answer. */
export interface Change {
  readonly status?: number;
  /** `undefined`: taken away. */
  readonly headers: readonly (readonly [string, string | undefined])[];
  readonly body?: Buffer;
}

const OTHER = `sha256:${'0'.repeat(64)}`;

const STATUSES = [
  199, 200, 201, 202, 204, 206, 299, 301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 409, 413,
];
const MORE_STATUSES = [416, 418, 429, 500, 501, 502, 503, 504, 599, 999];

/** Nothing leads off this machine. */
const HEADERS: readonly (readonly [string, string | undefined])[] = [
  ['content-length', '0'],
  ['content-length', '3'],
  ['content-length', '99999999999999999999'],
  ['content-length', undefined],
  ['content-type', undefined],
  ['content-type', 'text/html'],
  ['content-type', MEDIA_TYPES.index],
  ['content-type', MEDIA_TYPES.manifest],
  ['content-encoding', 'gzip'],
  ['docker-content-digest', undefined],
  ['docker-content-digest', OTHER],
  ['docker-content-digest', 'sha512:ab'],
  ['docker-content-digest', '__proto__'],
  ['location', undefined],
  ['location', ''],
  ['location', '/'],
  ['location', '//'],
  ['location', 'http://127.0.0.1:1/x?a=%zz'],
  ['location', 'file:///etc/passwd'],
  ['location', 'http://user:pass@127.0.0.1:1/'],
  ['location', `/${'x'.repeat(5000)}`],
  ['link', '<>; rel="next"'],
  ['link', '</v2/fuzz/image/tags/list>; rel="next"'],
  ['link', `<${'<'.repeat(3000)}; rel=next`],
  ['range', '0-99999999'],
  ['range', '5-1'],
  ['range', 'bytes'],
  ['content-range', 'bytes 5-9/3'],
  ['retry-after', '-1'],
  ['retry-after', '1e9'],
  ['retry-after', 'Thu, 01 Jan 1970 00:00:00 GMT'],
  ['www-authenticate', 'Basic realm="x"'],
  ['www-authenticate', 'Bearer realm="http://127.0.0.1:1/token",service="a",scope="b"'],
  ['www-authenticate', 'Bearer realm="'],
  ['www-authenticate', `Bearer ${'a="'.repeat(2000)}`],
  ['oci-subject', 'x'],
  ['oci-filters-applied', '\u00ff'],
  ['docker-upload-uuid', '../..'],
];

/** Changes of answers; bodies are like one of `bodies`, or like nothing. */
export function changeOf(bodies: readonly string[]): fc.Arbitrary<Change> {
  const body = fc.oneof(
    fc.oneof(mutatedJson(bodies), mutatedValues(bodies)).map((text) => Buffer.from(text)),
    mutatedBytes([Buffer.from('a layer'), Buffer.alloc(0)]),
    fc.constant(Buffer.from('['.repeat(100_000))),
  );
  return fc.record(
    {
      status: fc.constantFrom(...STATUSES, ...MORE_STATUSES),
      headers: fc.array(fc.constantFrom(...HEADERS), { maxLength: 3 }),
      body,
    },
    { requiredKeys: ['headers'] },
  );
}

type Answer = Parameters<Parameters<Step>[0]['answerChanges'][number]>[0];

/** The answer as it arrives. */
export async function changed(
  answer: Answer,
  { status = answer.status, headers, body }: Change,
): Promise<Answer> {
  const named = { ...answer.headers, ...Object.fromEntries(headers) };
  if (!body) return { status, headers: named, body: answer.body };
  for await (const _ of answer.body);
  const length = headers.some(([name]) => name === 'content-length')
    ? {}
    : { 'content-length': String(body.length) };
  return { status, headers: { ...named, ...length }, body: once(body) };
}

async function* once(body: Buffer): AsyncGenerator<Buffer> {
  if (body.length > 0) yield body;
}
