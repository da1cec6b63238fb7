import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import { MOST_PAYLOAD_BYTES } from '../entry/header';
import type { EntrySigner } from '../entry/sign';
import type { Refusal } from '../entry/refusal';
import { Downloads, type Downloaded, type ReadPolicy } from './download';
import type { Lane } from './lane';
import type { Spool, SpoolFile } from './spool';
import { newUploadCounts, type RunCounts } from './statistics';
import { Uploads } from './uploads';

/** Requests to a source at the same time: Nx sends hundreds at once. */
const AT_ONCE = 32;

/** A writer may replace entries with these faults; those of another repository or a clock that is wrong stay. */
const REPLACED = new Set<Refusal>(['expired', 'unknown-key', 'format', 'signature', 'size', 'checksum']);

export interface ProxyOptions {
  /** The first is also written; the others are asked for what it lacks. */
  readonly lanes: readonly [Lane, ...Lane[]];
  readonly spool: Spool;
  readonly policy: ReadPolicy;
  /** Undefined: read only. */
  readonly signer: EntrySigner | undefined;
  /** Largest result to upload, in bytes. Default: what an entry may have. */
  readonly mostBytes?: number;
}

/** Stands between Nx and remote caches. Its methods fail for nothing but bugs: a cache must not end a run. */
export class CacheProxy {
  private readonly downloads: Downloads;
  private readonly uploads: Uploads | undefined;
  private readonly mostBytes: number;
  private readonly limit = pLimit(AT_ONCE);
  /** When Nx asked for an entry that no source had, in milliseconds of a monotonic clock. */
  private readonly asked = new Map<string, number>();
  private readonly replaced = new Set<string>();
  private readonly local = new Set<string>();
  private misses = 0;
  private hitMs = 0;

  constructor(private readonly options: ProxyOptions) {
    const { lanes, spool, policy, signer, mostBytes = MOST_PAYLOAD_BYTES } = options;
    this.mostBytes = mostBytes;
    this.downloads = new Downloads(spool, policy);
    if (signer)
      this.uploads = new Uploads(lanes[0], { spool, signer, repository: policy.repository, now: policy.now });
  }

  /** What happened so far. */
  get counts(): RunCounts {
    const { misses, hitMs, local } = this;
    const sources = this.options.lanes.map(({ counts }) => counts);
    return { sources, misses, hitMs, uploads: this.uploads?.counts ?? newUploadCounts(), local: [...local] };
  }

  /** Returns the checked payload of an entry, which the caller removes; undefined if no source has a good one. */
  async get(hash: string): Promise<Downloaded | undefined> {
    const since = performance.now();
    const found = await this.find(hash);
    if (found) this.hitMs += performance.now() - since;
    else {
      this.misses += 1;
      this.asked.set(hash, performance.now());
    }
    return found;
  }

  /** Takes a result to upload. Returns false if it stays on this machine. Always reads `body` to its end. */
  async put(hash: string, body: AsyncIterable<Uint8Array>, declaredBytes: number): Promise<boolean> {
    const pieces = keptOpen(body);
    const taken = await this.guarded(() => this.take(hash, pieces, declaredBytes));
    if (!taken) for await (const _ of pieces);
    return taken ?? false;
  }

  /** Waits for uploads, at most `ms` milliseconds, and removes all temporary files. */
  async end(ms: number): Promise<void> {
    await this.uploads?.drain(ms);
    await this.options.spool.remove();
  }

  private async find(hash: string): Promise<Downloaded | undefined> {
    for (const lane of this.options.lanes) {
      const answer = await this.guarded(() => this.limit(() => this.downloads.from(lane, hash)));
      if (answer === undefined || answer === 'missing') continue;
      if ('payload' in answer) return counted(lane, answer);
      this.refused(lane, hash, answer.refused);
    }
    return undefined;
  }

  private refused(lane: Lane, hash: string, refusal: Refusal): void {
    lane.counts.refused[refusal] = (lane.counts.refused[refusal] ?? 0) + 1;
    if (lane === this.options.lanes[0] && REPLACED.has(refusal)) this.replaced.add(hash);
  }

  private async take(hash: string, body: AsyncIterable<Uint8Array>, declared: number): Promise<boolean> {
    if (!this.uploads?.accepts || declared > this.mostBytes) return false;
    const file = await this.options.spool.newFile();
    const sha256 = await this.spooled(file, body).catch(async (error: unknown) => {
      await file.remove();
      throw error;
    });
    if (sha256 === undefined) return false;
    const since = this.asked.get(hash);
    const seconds = since === undefined ? 0 : Math.round((performance.now() - since) / 1000);
    this.uploads.add({ hash, file, sha256, seconds, replaces: this.replaced.has(hash) });
    return true;
  }

  /** Returns the sha256; undefined if there are too many bytes, and then the file is removed. */
  private async spooled(file: SpoolFile, body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
    const sha256 = createHash('sha256');
    for await (const piece of body) {
      if (file.size + piece.byteLength > this.mostBytes) return file.remove().then(() => undefined);
      sha256.update(piece);
      await file.write(piece);
    }
    await file.close();
    return sha256.digest('hex');
  }

  /** Runs work; a fault of the spool is noted, and gives undefined. */
  private async guarded<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!this.options.spool.threw(error)) throw error;
      this.local.add(error.failure.message);
      return undefined;
    }
  }
}

function counted({ counts }: Lane, found: Downloaded): Downloaded {
  counts.hits += 1;
  counts.bytes += found.header.size;
  counts.savedSeconds += found.header.seconds;
  return found;
}

/**
 * Returns the stream for loops that don't end it: Nx takes an answer before it has sent everything for a broken
 * connection, so the rest is always read.
 */
function keptOpen(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]();
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
}
