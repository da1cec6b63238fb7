import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Transferable, Worker } from 'node:worker_threads';
import pLimit from 'p-limit';

/** More threads than processors would only cost memory; at most as many as libuv has (UV_THREADPOOL_SIZE). */
const THREADS = Math.min(availableParallelism(), 4);

/** A thread without work for so long ends: a build goes on for minutes after its packages are unpacked. */
const IDLE_MS = 1000;

/** A message, and its buffers that move to the thread instead of being copied. */
interface Transferred<Message> {
  readonly message: Message;
  readonly transfer: readonly Transferable[];
}

/** A thread without a request. */
interface IdleThread {
  readonly worker: Worker;
  /** Ends it. */
  readonly timer: NodeJS.Timeout;
}

/**
 * Threads that run `program`, one request at a time each. They start on first use and are reused, since each new thread
 * compiles its JavaScript and WebAssembly again; they don't keep the process alive, and end after a second without work. `program` can use nothing of its
 * module: it is started from its text, since a bundle is one file.
 */
export class Threads<Request, Answer> {
  private readonly limit = pLimit(THREADS);
  private readonly idle: IdleThread[] = [];

  /** `library` returns the path of the library that `program` loads: its thread's `workerData`. */
  constructor(
    private readonly program: () => void,
    private readonly library: () => string,
  ) {}

  /** Returns the answer to a request, which is made when a thread is free for it. Throws if the thread stops. */
  run(request: () => Transferred<Request>): Promise<Answer> {
    return this.limit(() => this.ask(request()));
  }

  private async ask({ message, transfer }: Transferred<Request>): Promise<Answer> {
    const worker = this.takeIdle() ?? this.start();
    worker.ref();
    try {
      worker.postMessage(message, transfer);
      const [answer] = (await once(worker, 'message')) as [Answer];
      this.keep(worker);
      return answer;
    } finally {
      worker.unref();
    }
  }

  private takeIdle(): Worker | undefined {
    const idle = this.idle.pop();
    clearTimeout(idle?.timer);
    return idle?.worker;
  }

  private keep(worker: Worker): void {
    const end = (): void => {
      this.idle.splice(
        this.idle.findIndex((one) => one.worker === worker),
        1,
      );
      void worker.terminate();
    };
    this.idle.push({ worker, timer: setTimeout(end, IDLE_MS).unref() });
  }

  private start(): Worker {
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    return new Worker(`(${String(this.program)})()`, { eval: true, workerData: this.library() });
  }
}
