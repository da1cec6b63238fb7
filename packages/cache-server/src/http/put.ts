import type { IncomingMessage } from 'node:http';
import { isErrno } from '@image-tooling/host';
import type { Access } from '../access';
import { kindOf, receive, TooLarge, type Namespace, type Received } from '../entries';
import type { Context } from './context';
import { answered, type Outcome } from './outcome';

interface Asked {
  readonly access: Access;
  readonly hash: string;
}

/** Stores the body of a request as an entry of the namespace that its token may write. */
export async function answerPut(context: Context, asked: Asked, request: IncomingMessage): Promise<Outcome> {
  const { access } = asked;
  const { writes } = access;
  if (writes === undefined) return answered('read-only', { access });
  const announced = Number(request.headers['content-length'] ?? 0);
  const { limits } = context.config;
  if (announced > limits.entry) return answered('too-large', { access });
  const quota = {
    namespace: kindOf(writes) === 'trusted' ? limits.trusted : limits.own,
    total: limits.total,
  };
  if (!context.usage.reserve(writes, announced, quota)) return answered('quota', { access });
  let used = 0;
  try {
    // A refused upload is not destroyed with its connection: the client must be able to read the answer.
    const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    const content = await receive(body, {
      folder: context.temporary,
      most: mostBytes(request, limits.entry),
    });
    // The client waits for this server now: a slow disk must not look like a client that is gone.
    request.socket.setTimeout(0);
    const outcome = await storeContent(context, { ...asked, writes }, content);
    if (outcome.reason === 'stored') used = content.size;
    return outcome;
  } catch (error) {
    return { ...failed(error), access };
  } finally {
    context.usage.add(writes, used - announced);
  }
}

/** Nx announces the size. A body of unknown size can't be compared with the quota before it is there. */
function mostBytes({ headers }: IncomingMessage, most: number): number {
  return headers['content-length'] === undefined ? Math.min(most, UNANNOUNCED_BYTES) : most;
}

const UNANNOUNCED_BYTES = 100_000_000;

async function storeContent(
  { entries }: Context,
  { access, hash, writes }: Asked & { readonly writes: Namespace },
  content: Received,
): Promise<Outcome> {
  try {
    const stored = await entries.write(writes, hash, content, access.writer);
    if (stored.ok) return answered(stored.value, { access, bytes: content.size });
    const [{ code, message }] = stored.failures;
    return answered(code === 'disk-full' ? 'disk-full' : 'storage', { access, detail: message });
  } finally {
    await content.discard();
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT']);

function failed(error: unknown): Outcome {
  if (error instanceof TooLarge) return answered('too-large');
  if (!isErrno(error)) throw error;
  if (error.code === 'ECONNRESET') return answered('cancelled', { isAnswered: true });
  return answered(FULL.has(error.code ?? '') ? 'disk-full' : 'storage', { detail: error.message });
}
