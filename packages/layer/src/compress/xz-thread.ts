import type * as xzLibrary from 'xz-decompress';
import { tooLarge } from './faults';
import { Threads } from './threads';
import { xzFault } from './xz';

/** The parts of the library that we use. */
type XzLibrary = Pick<typeof xzLibrary, 'XzReadableStream'>;

interface Request {
  readonly packed: Uint8Array;
  readonly most: number;
}

/** A thread's answer. */
type Answer = { readonly content: Uint8Array } | { readonly tooLarge: true } | { readonly error: string };

const threads = new Threads<Request, Answer>(decodeRequests, () => require.resolve('xz-decompress'));

/**
 * Decompresses xz in memory on another thread: the decoder is WebAssembly, and would block this one. Throws a `Fault`
 * as `xzDecompressed` does, and `too-large`.
 */
export async function xzOnThread(packed: Buffer, most: number): Promise<Buffer> {
  const answer = await threads.run(() => {
    const copy = new Uint8Array(packed);
    return { message: { packed: copy, most }, transfer: [copy.buffer] };
  });
  if ('content' in answer) return Buffer.from(answer.content.buffer);
  throw 'tooLarge' in answer ? tooLarge(most) : xzFault(new Error(answer.error));
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
  parentPort?.on('message', ({ packed, most }: Request) => {
    void decode(packed, most)
      .catch((error: unknown) => ({ error: (error as Error).message }))
      .then((answer) =>
        parentPort.postMessage(answer, 'content' in answer ? [answer.content.buffer as ArrayBuffer] : []),
      );
  });
}
