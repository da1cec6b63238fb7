import { randomBytes } from 'node:crypto';
import { backoff, discardBody, Fault, retry, type HttpTimings } from '@image-tooling/host';
import { exactBytes } from '../object/exact-bytes';
import type { NewObject, PutOptions } from '../object/port';
import type { S3Answer, S3Requests } from './requests';

interface Target {
  readonly requests: S3Requests;
  readonly path: string;
  /** For messages. */
  readonly place: string;
}

type S3PutOptions = PutOptions & { readonly timings: HttpTimings };

interface Attempt {
  readonly mark: string;
  readonly signal: AbortSignal;
  readonly replaces: boolean;
}

/** Tells our own object from another writer's, if the answer to our first attempt was lost. */
const MARK = 'x-amz-meta-put';

/** Stores an object, unless the key is taken and it must not replace what is there. Throws a `Fault`. */
export async function putObject(
  target: Target,
  object: NewObject,
  options: S3PutOptions,
): Promise<'stored' | 'exists'> {
  const { timings, signal = new AbortController().signal, replaces = false } = options;
  const mark = randomBytes(12).toString('hex');
  const attempt = () => putOnce(target, object, { mark, signal, replaces });
  const { outcome, tries } = await retry(
    attempt,
    (done, count) => conflictPause(done, count, timings),
    signal,
  );
  if (outcome.status === 200) return 'stored';
  if (replaces) throw stillConflicting(target, outcome);
  const isRepeated = outcome.tries > 1 || tries > 1;
  return isRepeated && (await markOf(target, signal)) === mark ? 'stored' : 'exists';
}

async function putOnce(
  { requests, path, place }: Target,
  object: NewObject,
  { mark, signal, replaces }: Attempt,
): Promise<S3Answer> {
  const headers = {
    ...(!replaces && { 'if-none-match': '*' }),
    'content-type': 'application/octet-stream',
    [MARK]: mark,
  };
  const body = { size: object.size, open: () => exactBytes(object, signal) };
  const answer = await requests.send({
    ...{ method: 'PUT', path, headers, body, signal, purpose: `store ${place}` },
    ...(object.sha256 !== undefined && { sha256: object.sha256 }),
    expected: [200, 409, 412],
  });
  await discardBody(answer);
  return answer;
}

/** 409: another write or delete of the key is under way; to be tried again (S3 User Guide, "Conditional writes"). */
function conflictPause({ status }: S3Answer, tries: number, timings: HttpTimings): number | undefined {
  if (status !== 409 || tries >= timings.tries) return undefined;
  return backoff(timings, tries, Math.random());
}

/** Another write is under way, but may come to nothing. */
function stillConflicting({ place }: Target, { url, status }: S3Answer): Fault {
  const message = `Could not store ${place}: ${url.host} answered ${status}, which did not end.`;
  return new Fault({ code: 'http-status', message });
}

async function markOf({ requests, path, place }: Target, signal: AbortSignal): Promise<string | undefined> {
  const expected = [200, 404];
  const answer = await requests.send({ method: 'HEAD', path, expected, signal, purpose: `check ${place}` });
  answer.body.destroy();
  return answer.headers[MARK];
}
