import {
  fail,
  failWith,
  ok,
  type Failed,
  type FailureCode,
  type OriginLayer,
  type Result,
  type RunContext,
} from '@image-tooling/model';
import type { PathIndex } from '@image-tooling/layer';
import { indexLayer, type Store } from '@image-tooling/oci';

/** A place outside this machine that may have the blob of a layer: a registry, a cache. */
export interface LayerSupplier {
  /**
   * Looks for a layer by its digest. Returns undefined if it is not there. Fails if the place can't be used.
   *
   * @param images names of images that have the layer, the most likely first
   */
  find(layer: OriginLayer, images: readonly string[]): Promise<Result<FoundLayer | undefined>>;
  close(): Promise<void>;
}

/** A layer at a supplier. */
export interface FoundLayer {
  /** For display: `registry.example/team/base`. */
  readonly from: string;
  /** Puts the blob into the store, hashed. */
  readonly pull: () => Promise<Result<void>>;
}

/** Gets blobs of recorded layers that the store lacks, so that they need not be built again. */
export interface RemoteLayers {
  /**
   * Puts the blob of a layer into the store, from the first supplier that has it, and returns its path index. Checks
   * the digests of blob and tar. Returns undefined if no supplier gave the layer: it has to be built, and notes say why.
   * Fails with `aborted`, `disk-full` or `io`.
   */
  fetch(layer: OriginLayer, images: readonly string[]): Promise<Result<PathIndex | undefined>>;
  close(): Promise<void>;
}

interface Run {
  readonly store: Store;
  readonly context: RunContext;
}

/** Returns the suppliers as one, which asks them in their order. */
export function remoteLayers(suppliers: readonly LayerSupplier[], run: Run): RemoteLayers {
  const notFound = new Set<string>();
  return {
    async fetch(layer, images) {
      if (notFound.has(layer.digest)) return ok(undefined);
      for (const supplier of suppliers) {
        const paths = await pathsFrom(supplier, layer, images, run);
        if (!paths.ok || paths.value) return paths;
      }
      notFound.add(layer.digest);
      return ok(undefined);
    },
    async close() {
      await Promise.all(suppliers.map((supplier) => supplier.close()));
    },
  };
}

async function pathsFrom(
  supplier: LayerSupplier,
  layer: OriginLayer,
  images: readonly string[],
  run: Run,
): Promise<Result<PathIndex | undefined>> {
  const found = await supplier.find(layer, images);
  if (!found.ok) return unlessOurs(found, layer, run.context);
  if (!found.value) return ok(undefined);
  const pulled = await pulledPaths(found.value, layer, run);
  return pulled.ok ? pulled : unlessOurs(pulled, layer, run.context);
}

async function pulledPaths(
  { from, pull }: FoundLayer,
  layer: OriginLayer,
  { store, context }: Run,
): Promise<Result<PathIndex>> {
  const step = context.progress.step(`${layer.owner}: pull the ${layer.kind} layer from ${from}`);
  const pulled = await pull();
  const paths = pulled.ok ? await indexLayer(layer, store) : pulled;
  if (paths.ok) step.done({ origin: 'fetched', bytes: layer.size });
  else step.failed();
  return paths;
}

/** Problems of this machine, which building the layer would have too. */
const OURS: readonly FailureCode[] = ['aborted', 'disk-full', 'io'];

/** Notes why a supplier did not give a layer; fails for what is wrong on this machine. */
function unlessOurs(
  { failures }: Failed,
  { owner, kind }: OriginLayer,
  { progress, signal }: RunContext,
): Result<undefined> {
  if (signal.aborted)
    return fail({ code: 'aborted', message: `Stopped while pulling the ${kind} layer of ${owner}.` });
  const ours = failures.filter(({ code }) => OURS.includes(code));
  if (ours.length > 0) return failWith(ours);
  progress.note(`${owner}: the ${kind} layer can't be pulled: ${failures[0].message}`);
  return ok(undefined);
}
