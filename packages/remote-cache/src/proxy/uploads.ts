import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { failureOf, Fault, isErrno } from '@image-tooling/host';
import { contentKey } from '@image-tooling/object-store';
import pLimit from 'p-limit';
import { headerBytes } from '../entry/header';
import { signedHeader, type EntrySigner } from '../entry/sign';
import { splitResult, type LayerPart } from './split-result';
import type { NewEntry, Stored } from '../sources/source';
import { Lane } from './lane';
import { raced } from './raced';
import type { Spool, SpoolFile } from './spool';
import { newUploadCounts, type UploadCounts } from './statistics';

/** A result of Nx in a temporary file, which is removed after the upload. */
export interface Pending {
  readonly hash: string;
  readonly file: SpoolFile;
  /** Of the file, in hexadecimal digits. */
  readonly sha256: string;
  readonly seconds: number;
  /** The source has an entry that no reader accepts. */
  readonly replaces: boolean;
}

const AT_ONCE = 4;
/** Bytes of results that wait for their upload. */
const MOST_WAITING_BYTES = 4_000_000_000;

export interface UploadOptions {
  /** For the parts of a result. */
  readonly spool: Spool;
  readonly repository: string;
  readonly signer: EntrySigner;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Uploads results in the background, so that no task waits for it. */
export class Uploads {
  /** Apart from reading: a cache that can't be written may still be read. */
  private readonly lane: Lane;
  private readonly kept = newUploadCounts();
  private readonly limit = pLimit(AT_ONCE);
  private readonly running = new Set<Promise<void>>();
  private waitingBytes = 0;
  /** Why this machine could not prepare an upload. */
  private localFault: string | undefined;
  private mayWrite = true;

  constructor(
    { source, timings, breaker }: Lane,
    private readonly options: UploadOptions,
  ) {
    this.lane = new Lane(source, timings);
    // One that can't be read would only delay the end of the run.
    breaker.signal.addEventListener('abort', () => this.lane.breaker.open(), { once: true });
  }

  get counts(): UploadCounts {
    return { ...this.kept, lastFault: this.localFault ?? this.lane.counts.lastFault };
  }

  /** Whether another result would be taken. */
  get accepts(): boolean {
    return this.mayWrite && !this.lane.breaker.isOpen && this.waitingBytes < MOST_WAITING_BYTES;
  }

  add(pending: Pending): void {
    this.waitingBytes += pending.file.size;
    const work = this.limit(() => this.upload(pending)).finally(() => {
      this.waitingBytes -= pending.file.size;
      this.running.delete(work);
    });
    this.running.add(work);
  }

  /** Waits until all are uploaded, at most `ms` milliseconds; then gives up on the rest. */
  async drain(ms: number): Promise<void> {
    const timer = new AbortController();
    const finished = Promise.all(this.running).then(() => timer.abort());
    await sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined);
    this.kept.unfinished = this.running.size;
    if (this.running.size > 0) this.lane.breaker.open();
    await finished;
  }

  private async upload(pending: Pending): Promise<void> {
    try {
      if (!(await this.storeSplit(pending))) await this.store(pending);
    } catch (error) {
      if (!(error instanceof Fault || isErrno(error))) throw error;
      this.localFault = failureOf(error, pending.file.path).message;
      this.count(undefined);
    } finally {
      await pending.file.remove();
    }
  }

  /** Returns false for a result without layers, and if the cache does not take one: others need the whole result then. */
  private async storeSplit(pending: Pending): Promise<boolean> {
    if (this.lane.breaker.isOpen) return false;
    const split = await splitResult(pending.file, this.options.spool);
    if (!split) return false;
    try {
      if (!(await this.storeLayers(split.layers))) return false;
      await this.store({ ...pending, ...split, file: split.rest });
      return true;
    } finally {
      await split.remove();
    }
  }

  private async store(pending: Pending): Promise<void> {
    const stored = await this.send(pending.hash, this.entryOf(pending), pending.replaces);
    this.count(stored);
    if (stored === 'stored') this.kept.bytes += pending.file.size;
  }

  /** Returns whether the cache has all of them. */
  private async storeLayers(layers: readonly LayerPart[]): Promise<boolean> {
    for (const layer of layers) {
      const stored = await this.send(contentKey(layer.digest), layer);
      if (stored === 'stored') this.kept.bytes += layer.size;
      else if (stored !== 'exists') return false;
    }
    return true;
  }

  private send(key: string, entry: NewEntry, replaces = false): Promise<Stored | undefined> {
    return this.lane.transfer(async ({ signal }) => {
      const { source } = this.lane;
      if (replaces) await raced(source.remove?.(key, signal) ?? DONE, signal);
      return raced(source.put(key, entry, signal), signal);
    }, NEVER);
  }

  private count(stored: Stored | undefined): void {
    if (stored !== undefined || this.kept.unfinished === 0) this.kept[stored ?? 'failed'] += 1;
    if (stored === 'refused') this.mayWrite = false;
  }

  private entryOf({ hash, file, sha256, seconds }: Pending): NewEntry {
    const { repository, signer, now } = this.options;
    const time = new Date(now()).toISOString();
    const header = headerBytes(
      signedHeader({ hash, repository, seconds, sha256, size: file.size, time }, signer),
    );
    return { size: header.length + file.size, open: () => joined(header, () => file.read()) };
  }
}

const DONE = Promise.resolve();
const NEVER = (): boolean => false;

async function* joined(first: Buffer, rest: () => Readable): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest() as AsyncIterable<Uint8Array>;
}
