import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import type * as xzLibrary from 'xz-decompress';
import { tooLarge } from './faults';
import { xzFault } from './xz';

/** The parts of the library that we use. */
type XzLibrary = Pick<typeof xzLibrary, 'XzReadableStream'>;

/** As many as libuv has for gzip and zstd (UV_THREADPOOL_SIZE). */
const THREADS = 4;
const limit = pLimit(THREADS);
const idle: Worker[] = [];

/** A thread's answer to `{ packed, most }`. */
type Answer = { readonly content: Uint8Array } | { readonly tooLarge: true } | { readonly error: string };

/**
 * Decompresses xz in memory on another thread: the decoder is WebAssembly, and would block this one. Threads are
 * reused, and don't keep the process alive. Throws a `Fault` as `xzDecompressed` does, and `too-large`.
 */
export async function xzOnThread(packed: Buffer, most: number): Promise<Buffer> {
  const answer = await limit(() => ask({ packed, most }));
  if ('content' in answer) return Buffer.from(answer.content.buffer);
  throw 'tooLarge' in answer ? tooLarge(most) : xzFault(new Error(answer.error));
}

async function ask({ packed, most }: { readonly packed: Buffer; readonly most: number }): Promise<Answer> {
  const worker = idle.pop() ?? startWorker();
  worker.ref();
  try {
    const copy = new Uint8Array(packed);
    worker.postMessage({ packed: copy, most }, [copy.buffer]);
    const [answer] = (await once(worker, 'message')) as [Answer];
    idle.push(worker);
    return answer;
  } finally {
    worker.unref();
  }
}

/** From text, since a bundle is one file. */
function startWorker(): Worker {
  const workerData = require.resolve('xz-decompress');
  return new Worker(`(${String(decodeRequests)})()`, { eval: true, workerData });
}

/** Runs in the thread: it can't use anything else of this module. */
function decodeRequests(): void {
  const threads = process.getBuiltinModule('node:worker_threads');
  const { parentPort } = threads;
  const library = threads.workerData as string;
  const { XzReadableStream } = process.getBuiltinModule('node:module').createRequire(library)(
    library,
  ) as XzLibrary;
  const decode = async (packed: Uint8Array, most: number): Promise<Answer> => {
    const pieces: Uint8Array[] = [];
    let size = 0;
    const source = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(packed);
        controller.close();
      },
    });
    for await (const piece of new XzReadableStream(source)) {
      size += piece.length;
      if (size > most) return { tooLarge: true };
      pieces.push(piece.slice());
    }
    const content = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      content.set(piece, at);
      at += piece.length;
    }
    return { content };
  };
  parentPort?.on('message', ({ packed, most }: { packed: Uint8Array; most: number }) => {
    void decode(packed, most)
      .catch((error: unknown) => ({ error: (error as Error).message }))
      .then((answer) =>
        parentPort.postMessage(answer, 'content' in answer ? [answer.content.buffer as ArrayBuffer] : []),
      );
  });
}
