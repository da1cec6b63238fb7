import {
  hexOf,
  ok,
  type Layer,
  type Origin,
  type OriginLayer,
  type Result,
  type WantedLayer,
} from '@image-tooling/model';
import type { PathIndex } from '@image-tooling/oci';
import type { Session } from '../session';

export interface MadeLayer {
  readonly layer: Layer;
  readonly paths: PathIndex;
  readonly origin: Origin;
}

/**
 * The wanted layer: from the store where it has one of that build id, else from `make`, which one process on
 * this machine does at a time; the others then find its result.
 */
export async function ensureLayer(
  session: Session,
  wanted: WantedLayer,
  make: () => Promise<Result<MadeLayer>>,
): Promise<Result<OriginLayer>> {
  const { store, context } = session;
  const name = layerName(wanted);
  const fromStore = async (): Promise<Layer | undefined> => {
    const stored = await store.getBuild(wanted.buildId);
    if (stored) context.progress.step(name).done({ origin: 'store', bytes: stored.size });
    return stored;
  };
  const stored = await fromStore();
  if (stored) return ok(originLayer(wanted, stored));
  return store.lock(`${name} ${hexOf(wanted.buildId)}`, context, async () => {
    const meanwhile = await fromStore();
    if (meanwhile) return ok(originLayer(wanted, meanwhile));
    const step = context.progress.step(name);
    const made = await make();
    if (!made.ok) {
      step.failed();
      return made;
    }
    const kept = await store.putBuild(wanted.buildId, made.value.layer, made.value.paths);
    if (!kept.ok) {
      step.failed();
      return kept;
    }
    step.done({ origin: made.value.origin, bytes: made.value.layer.size });
    return ok(originLayer(wanted, made.value.layer));
  });
}

/** What people are told a layer is. */
export function layerName({ owner, kind }: { readonly owner: string; readonly kind: string }): string {
  return `${owner}: ${kind} layer`;
}

function originLayer({ kind, owner, buildId, time }: WantedLayer, layer: Layer): OriginLayer {
  const { diffId, digest, size, tarSize, compression } = layer;
  return { kind, owner, buildId, time, diffId, digest, size, tarSize, compression };
}
