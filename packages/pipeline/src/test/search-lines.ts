import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { fail, ok, type Result, type Search, type SearchIn, type SearchResult } from '@image-tooling/model';

/** Far more than a good pattern needs for a whole output, also on a busy machine. */
const SEARCH_SECONDS = 10;

/**
 * The same as `compilePattern` and `searchNow`, as text: published packages have only one file for a thread.
 */
const SEARCHER = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ pattern, text }) => parentPort.postMessage(new RegExp(pattern, 'm').test(text)));
`;

/**
 * Searches in a thread of its own: a pattern such as (a+)+$ may take years, and only ending its thread stops
 * it. Returns the result of each search. Fails with `aborted`.
 */
export async function searchLines(
  searches: readonly Search[],
  signal: AbortSignal,
  seconds: number = SEARCH_SECONDS,
): Promise<Result<SearchIn>> {
  const results = new Results();
  const thread = new SearchThread(seconds);
  try {
    for (const search of searches) {
      if (results.get(search) !== undefined) continue;
      const result = await thread.search(search, signal);
      if (result === 'aborted')
        return fail({ code: 'aborted', message: 'Stopped while checks were judged.' });
      results.set(search, result);
    }
  } finally {
    await thread.end();
  }
  return ok((search) => results.get(search) ?? neverAsked(search));
}

/** A thread that is started on first use, and again after each stopped search. */
class SearchThread {
  private worker: Worker | undefined;

  constructor(private readonly seconds: number) {}

  async search(search: Search, signal: AbortSignal): Promise<SearchResult | 'aborted'> {
    if (signal.aborted) return 'aborted';
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    const worker = (this.worker ??= new Worker(SEARCHER, { eval: true }));
    const late = new AbortController();
    const timer = setTimeout(() => late.abort('too-slow'), this.seconds * 1000);
    const stop = (): void => late.abort('aborted');
    signal.addEventListener('abort', stop, { once: true });
    worker.postMessage(search);
    try {
      const [found] = (await once(worker, 'message', { signal: late.signal })) as [boolean];
      return found ? 'found' : 'missing';
    } catch (error) {
      if (!late.signal.aborted) throw error;
      await this.end();
      return late.signal.reason as 'aborted' | 'too-slow';
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  async end(): Promise<void> {
    await this.worker?.terminate();
    this.worker = undefined;
  }
}

/** By text and pattern: checks of one command share its output. */
class Results {
  private readonly byText = new Map<string, Map<string, SearchResult>>();

  get({ text, pattern }: Search): SearchResult | undefined {
    return this.byText.get(text)?.get(pattern);
  }

  set({ text, pattern }: Search, result: SearchResult): void {
    const known = this.byText.get(text) ?? new Map<string, SearchResult>();
    this.byText.set(text, known.set(pattern, result));
  }
}

function neverAsked({ pattern }: Search): never {
  throw new Error(`an unknown search: ${pattern}`);
}
