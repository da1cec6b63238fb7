import { Fault } from '@image-tooling/host';
import { fail, ok, type Digest, type OriginLayer, type Result, type RunContext } from '@image-tooling/model';
import type { Store } from '@image-tooling/oci';
import type { FoundLayer, LayerSupplier } from './remote-layers';

/** The layers of tools in the remote cache of a workspace (packages/remote-cache/src/layers). */
export interface LayerCache {
  find(
    layer: { readonly digest: Digest; readonly size: number },
    signal: AbortSignal,
  ): Promise<Result<CachedLayer | undefined>>;
  close(): Promise<void>;
}

interface CachedLayer {
  /** Where it is, for display. */
  readonly from: string;
  /** Its errors say what is wrong with the cache. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** Opens the remote cache of a workspace. */
export type OpenLayerCache = (workspace: {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
}) => LayerCache;

interface Access {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly store: Store;
  readonly context: RunContext;
  readonly openLayerCache?: OpenLayerCache;
}

/** Returns the remote cache as a supplier, if there is one. It has layers of tools only, and is opened for the first. */
export function cachedLayers(access: Access): LayerSupplier[] {
  return access.openLayerCache ? [new CachedLayers(access, access.openLayerCache)] : [];
}

class CachedLayers implements LayerSupplier {
  private cache: LayerCache | undefined;

  constructor(
    private readonly access: Access,
    private readonly open: OpenLayerCache,
  ) {}

  async find(layer: OriginLayer): Promise<Result<FoundLayer | undefined>> {
    if (layer.kind !== 'tool') return ok(undefined);
    this.cache ??= this.open(this.access);
    const found = await this.cache.find(layer, this.access.context.signal);
    if (!found.ok || !found.value) return found as Result<undefined>;
    const { value } = found;
    return ok({ from: value.from, pull: () => this.pull(value, layer) });
  }

  async close(): Promise<void> {
    await this.cache?.close();
  }

  private async pull({ from, pieces }: CachedLayer, { digest }: OriginLayer): Promise<Result<void>> {
    const { store, context } = this.access;
    const source = withFaults(pieces);
    const put = await store.putBlobFromStream(source, { expected: digest, signal: context.signal });
    if (put.ok) return ok(undefined);
    const [{ code }] = put.failures;
    return code === 'checksum' ? fail({ code, message: `${from} gave other bytes than ${digest}.` }) : put;
  }
}

/** The cache is in another bundle, which has a class `Fault` of its own. */
async function* withFaults(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    throw new Fault({ code: 'network', message: (error as Error).message });
  }
}
