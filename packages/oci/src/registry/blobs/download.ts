import { Fault } from '../../fault';
import type { Descriptor } from '../../image/manifest';
import { addressOf } from '../address';
import { ask } from '../answers/ask';
import { pauseAfter } from '../transport/pause';
import { discard } from '../answers/read';
import { PULL, type Context } from '../context';
import { repositoryText } from '../reference';
import { TIMEOUT_TRIES } from '../transport/retry-policy';
import type { RegistryAnswer } from '../transport/types';
import { wrongBytes } from './checked';

/** How often in a row a connection may break before a mebibyte came. */
const BREAKS = 5;
const PROGRESS = 1024 * 1024;

/**
 * A blob's bytes as the registry gives them, not hashed. Where the connection breaks it goes on from there, with
 * Range, or by passing over what it has. Never more than the blob's size. Throws a `Fault`: `gone` where the
 * registry has no such blob, `checksum` where it has another size. With the default timings a registry that gives
 * nothing is given up after 80 s (two waits for an answer), one that stalls while it sends after 140 s.
 */
export async function* download(
  context: Context,
  blob: Pick<Descriptor, 'digest' | 'size'>,
): AsyncGenerator<Uint8Array> {
  let offset = 0;
  let breaks = 0;
  let counted = 0;
  let timeouts = 0;
  do {
    try {
      for await (const piece of rest(context, blob, offset)) {
        offset += piece.length;
        yield piece;
      }
      if (offset < blob.size) throw cutShort(blob, offset);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.failure.code === 'timeout') timeouts++;
      breaks = offset - counted >= PROGRESS ? 1 : breaks + 1;
      counted = offset;
      if (
        !['network', 'timeout', 'truncated'].includes(error.failure.code) ||
        breaks === BREAKS ||
        timeouts === TIMEOUT_TRIES
      )
        throw error;
      await pauseAfter(context, breaks);
    }
  } while (offset < blob.size);
}

/** The blob from `offset` on, in one answer. */
async function* rest(
  context: Context,
  blob: Pick<Descriptor, 'digest' | 'size'>,
  offset: number,
): AsyncGenerator<Uint8Array> {
  const answer = await request(context, blob, offset);
  let skip = answer.status === 206 ? 0 : offset;
  let left = blob.size - offset;
  for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
    const wanted = piece.subarray(skip);
    skip -= piece.length - wanted.length;
    left -= wanted.length;
    if (left < 0) throw wrongBytes({ ...blob, from: repositoryText(context.name) }, 'there are more');
    if (wanted.length > 0) yield wanted;
  }
}

async function request(
  context: Context,
  blob: Pick<Descriptor, 'digest' | 'size'>,
  offset: number,
): Promise<RegistryAnswer> {
  const purpose = purposeOf(context, blob);
  const answer = await ask(
    context,
    {
      method: 'GET',
      url: addressOf(context, `blobs/${blob.digest}`),
      ...(offset > 0 && { headers: { range: `bytes=${offset}-` } }),
      purpose,
      scope: PULL,
    },
    200,
    206,
    404,
    416,
  );
  if (answer.status === 404) {
    void discard(answer);
    throw gone(context, blob);
  }
  if (answer.status === 416) {
    void discard(answer);
    throw cutShort(blob, offset);
  }
  if (answer.status === 206 && !startsAt(answer, offset)) {
    answer.body.destroy();
    throw wrongRange(answer, purpose);
  }
  return answer;
}

/** RFC 9110 §14.4: `Content-Range: bytes 100-199/200`. */
function startsAt(answer: RegistryAnswer, offset: number): boolean {
  return answer.headers['content-range']?.startsWith(`bytes ${offset}-`) === true;
}

function purposeOf({ name }: Context, { digest }: Pick<Descriptor, 'digest'>): string {
  return `read the blob ${digest} of ${name.path}`;
}

function gone({ name }: Context, { digest }: Pick<Descriptor, 'digest'>): Fault {
  return new Fault({
    code: 'gone',
    message: `${name.registry}/${name.path} has no blob ${digest}.`,
    hint: 'The registry lost it or cleaned it up: publish the image again.',
  });
}

function cutShort({ digest, size }: Pick<Descriptor, 'digest' | 'size'>, offset: number): Fault {
  return new Fault({
    code: 'truncated',
    message: `The registry sends only ${offset} of the ${size} bytes of the blob ${digest}.`,
    hint: 'Try again; where it comes again, publish the image again.',
  });
}

function wrongRange(answer: RegistryAnswer, purpose: string): Fault {
  return new Fault({
    code: 'network',
    message: `Could not ${purpose}: ${answer.url.host} sends another part than was asked for.`,
  });
}
