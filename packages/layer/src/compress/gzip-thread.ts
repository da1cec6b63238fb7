import type * as fflate from 'fflate';
import { Threads } from './threads';

/** The part of the library that we use. */
type GzipLibrary = Pick<typeof fflate, 'gzipSync'>;

interface Request {
  readonly chunk: Uint8Array;
  readonly level: fflate.GzipOptions['level'];
}

/** A thread's answer. */
type Answer = { readonly member: Uint8Array } | { readonly error: string };

const threads = new Threads<Request, Answer>(compressRequests, () => require.resolve('fflate'));

/**
 * Compresses a chunk in JavaScript on another thread: the same bytes on every machine. The header has neither time nor
 * name.
 */
export async function gzipOnThread(chunk: Uint8Array, level: Request['level']): Promise<Uint8Array> {
  const answer = await threads.run(() => {
    const copy = new Uint8Array(chunk);
    return { message: { chunk: copy, level }, transfer: [copy.buffer] };
  });
  if ('member' in answer) return answer.member;
  throw new Error(answer.error);
}

/** Runs in the thread: it can't use anything else of this module. */
function compressRequests(): void {
  const threads = process.getBuiltinModule('node:worker_threads');
  const { parentPort } = threads;
  const library = threads.workerData as string;
  const { gzipSync } = process.getBuiltinModule('node:module').createRequire(library)(library) as GzipLibrary;
  const compress = ({ chunk, level }: Request): Answer => {
    try {
      return { member: gzipSync(chunk, { level, mtime: 0 }) };
    } catch (error) {
      return { error: (error as Error).message };
    }
  };
  parentPort?.on('message', (request: Request) => {
    const answer = compress(request);
    parentPort.postMessage(answer, 'member' in answer ? [answer.member.buffer as ArrayBuffer] : []);
  });
}
