import { buffer } from 'node:stream/consumers';
import { caught, mapConcurrent, valueOf } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import type { ObjectStore } from '@image-tooling/object-store';
import { MOST_HEADER_BYTES, readHeader, type Header } from './format';

/** Which entries to delete: those that meet all conditions. */
export interface PurgeWish {
  /** Of one project. */
  readonly project?: string;
  /** Written by this run (GitHub's run_id, GitLab's pipeline_id). */
  readonly run?: string;
  /** Stored at this time or later; milliseconds since 1970. */
  readonly since?: number;
}

export interface Purged {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Undefined if the entry is damaged. */
  readonly header: Header | undefined;
}

/** Headers read or objects deleted at a time: a bucket answers each after some 20 ms. */
const AT_ONCE = 64;
/** Objects listed at a time. */
const BATCH = 1000;

/**
 * Deletes the entries that `wish` describes and reports each; only reports them in a dry run. A damaged entry may be of
 * any run: it is deleted too. Fails as the store does.
 */
export async function purge(
  store: ObjectStore,
  wish: PurgeWish,
  { dryRun, report }: { readonly dryRun: boolean; readonly report: (purged: Purged) => void },
): Promise<Result<void>> {
  return caught(store.name, async () => {
    for await (const batch of batches(candidates(store, wish)))
      await mapConcurrent(batch, (object) => purgeOne(store, object, { wish, dryRun, report }), AT_ONCE);
  });
}

async function purgeOne(
  store: ObjectStore,
  { key, size }: Pick<Purged, 'key' | 'size'>,
  options: {
    readonly wish: PurgeWish;
    readonly dryRun: boolean;
    readonly report: (purged: Purged) => void;
  },
): Promise<void> {
  const header = await headerOf(store, key);
  const { run } = options.wish;
  if (header === 'gone' || (run !== undefined && header && header.writer.run !== run)) return;
  if (!options.dryRun) valueOf(await store.delete(key));
  options.report({ key, size, header });
}

async function headerOf(store: ObjectStore, key: string): Promise<Header | 'gone' | undefined> {
  const object = valueOf(await store.get(key, { mostBytes: MOST_HEADER_BYTES }));
  if (!object) return 'gone';
  return readHeader(await buffer(object.body))?.header;
}

async function* candidates(store: ObjectStore, { project, since = 0 }: PurgeWish) {
  for await (const object of store.list(project === undefined ? '' : `${project}/`))
    if (object.storedAt >= since) yield object;
}

async function* batches<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
