import { caught, Fault, IdleTimeout, type HttpTimings } from '@image-tooling/host';
import { fail, ok, type Digest, type Failed, type Result } from '@image-tooling/model';
import { contentKey } from '@image-tooling/object-store';
import { loadCachePlaces, type Surroundings } from '../config/settings';
import { wordsOf } from '../proxy/lane';
import { raced, withIdleLimit } from '../proxy/raced';
import { openSources } from '../run/sources';
import type { CacheSource, FoundEntry } from '../sources/source';
import { CACHE_TIMINGS } from '../sources/timings';

/** The layer that is wanted. */
interface Wanted {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** A layer in a cache. */
export interface CachedLayer {
  /** Where it is, for display. */
  readonly from: string;
  /** At most the bytes that were asked for; not hashed. Throws a `Fault`. Must be read. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** The layers of tools in the remote cache of a workspace: the results of their builds come without them. */
export interface LayerCache {
  /**
   * Looks for a layer; undefined if it is in no cache, or the workspace has none. Fails with `network` if a cache can't be
   * used, which is then not asked again, and no other has the layer.
   */
  find(wanted: Wanted, signal: AbortSignal): Promise<Result<CachedLayer | undefined>>;
  close(): Promise<void>;
}

/** A server reads and hashes the whole layer before its first byte, and a build takes longer than these seconds. */
const LAYER_TIMINGS: HttpTimings = { ...CACHE_TIMINGS, readAnswerSeconds: 10 };

/** Opens the cache that cache.json and the environment name. Reads nothing before the first call. */
export function openLayerCache(
  { root, env }: Surroundings,
  timings: HttpTimings = LAYER_TIMINGS,
): LayerCache {
  return new Layers({ root, env }, timings);
}

class Layers implements LayerCache {
  private opened: Promise<Result<readonly CacheSource[]>> | undefined;
  private readonly failed = new Set<CacheSource>();

  constructor(
    private readonly surroundings: Surroundings,
    private readonly timings: HttpTimings,
  ) {}

  async find(wanted: Wanted, signal: AbortSignal): Promise<Result<CachedLayer | undefined>> {
    const sources = await (this.opened ??= this.open());
    if (sources.ok) return this.search(sources.value, wanted, signal);
    this.opened = Promise.resolve(ok([]));
    return faultOfCache(sources);
  }

  async close(): Promise<void> {
    const sources = await this.opened;
    if (sources?.ok) await Promise.all(sources.value.map((source) => source.close()));
  }

  /** A cache that failed is left alone; what went wrong counts only if no other has the layer. */
  private async search(
    sources: readonly CacheSource[],
    wanted: Wanted,
    signal: AbortSignal,
  ): Promise<Result<CachedLayer | undefined>> {
    let failed: Failed | undefined;
    for (const source of sources.filter((one) => !this.failed.has(one))) {
      const found = await caught(source.name, () => this.ask(source, wanted, signal));
      if (found.ok && found.value) return found;
      if (found.ok) continue;
      this.failed.add(source);
      failed ??= faultOfCache(found);
    }
    return failed ?? ok(undefined);
  }

  private async open(): Promise<Result<readonly CacheSource[]>> {
    const places = await loadCachePlaces(this.surroundings);
    if (!places.ok) return places;
    const { env } = this.surroundings;
    return places.value ? openSources(places.value, { env, timings: this.timings }) : ok([]);
  }

  private async ask(
    source: CacheSource,
    { digest, size }: Wanted,
    signal: AbortSignal,
  ): Promise<CachedLayer | undefined> {
    const { name } = source;
    const { readAnswerSeconds, stallSeconds } = this.timings;
    const timeout = new IdleTimeout(signal);
    try {
      timeout.start(readAnswerSeconds, `gave no answer within ${readAnswerSeconds} s`);
      const found = await raced(source.get(contentKey(digest), timeout.signal), timeout.signal);
      timeout.stop();
      // It may break before it is read.
      found?.body.on('error', () => undefined);
      if (found) return { from: name, pieces: piecesOf(found, { name, size, timeout, stallSeconds }) };
      timeout.end();
      return undefined;
    } catch (error) {
      timeout.end();
      throw faultOf(error, name);
    }
  }
}

interface Reading {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly timeout: IdleTimeout;
  readonly stallSeconds: number;
}

async function* piecesOf(
  { body }: FoundEntry,
  { name, size, timeout, stallSeconds }: Reading,
): AsyncGenerator<Uint8Array> {
  let left = size;
  try {
    for await (const piece of withIdleLimit(body, timeout, stallSeconds)) {
      left -= piece.byteLength;
      if (left < 0) throw new Fault({ code: 'checksum', message: `${name} sent more than ${size} bytes.` });
      yield piece;
    }
  } catch (error) {
    throw faultOf(error, name);
  } finally {
    body.destroy();
    timeout.end();
  }
}

function faultOf(error: unknown, name: string): Fault {
  return error instanceof Fault ? error : new Fault({ code: 'network', message: `${wordsOf(error, name)}.` });
}

/** A folder that can't be read is no problem of this machine that a build would have too. */
function faultOfCache({ failures }: Failed): Failed {
  return fail({ ...failures[0], code: 'network' });
}
