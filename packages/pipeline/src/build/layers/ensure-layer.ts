import {
  firstLines,
  hexOf,
  inputDifferences,
  ok,
  type Digest,
  type Layer,
  type Origin,
  type OriginLayer,
  type Result,
  type RunContext,
  type WantedLayer,
} from '@image-tooling/model';
import type { PathIndex } from '@image-tooling/layer';
import type { Session } from '../../session';

export interface MadeLayer {
  readonly layer: Layer;
  readonly paths: PathIndex;
  readonly origin: Origin;
}

/**
 * Returns the wanted layer: from the store if it has that build id, else from `make`, which runs in one
 * process of this machine at a time; the others find its result.
 *
 * @param replaces build id of the other layer that it replaces: the differing inputs are reported
 */
export async function ensureLayer(
  session: Session,
  wanted: WantedLayer,
  make: () => Promise<Result<MadeLayer>>,
  replaces?: Digest,
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
  return store.lock(lockName(wanted), context, async () => {
    const foundInLock = await fromStore();
    if (foundInLock) return ok(originLayer(wanted, foundInLock));
    await noteReasons(session, wanted, replaces);
    const step = context.progress.step(name);
    const made = await make();
    if (!made.ok) {
      step.failed();
      return made;
    }
    const kept = await keep(session, wanted, made.value);
    if (!kept.ok) {
      step.failed();
      return kept;
    }
    step.done({ origin: made.value.origin, bytes: made.value.layer.size });
    return ok(originLayer(wanted, made.value.layer));
  });
}

async function keep({ store }: Session, wanted: WantedLayer, made: MadeLayer): Promise<Result<void>> {
  const inputs = await store.putInputs(wanted.buildId, wanted.inputs);
  return inputs.ok ? store.putBuild(wanted.buildId, made.layer, made.paths) : inputs;
}

/** Differences that are shown: a new archive state changes dozens of packages. */
const REASONS = 3;

async function noteReasons(
  { store, context }: Session,
  wanted: WantedLayer,
  replaces?: Digest,
): Promise<void> {
  const before = replaces && (await store.getInputs(replaces));
  if (before === undefined) return;
  const told = firstLines(inputDifferences(before, wanted.inputs), REASONS).join('; ');
  if (told !== '') context.progress.note(`${layerName(wanted)}: built again, since ${told}`);
}

/** Explains why an unchanged layer is built again. */
export function noteMissing({ progress }: RunContext, wanted: WantedLayer): void {
  progress.note(`${layerName(wanted)}: built again, since it is not in the store. ${MISSING_HINT}`);
}

const MISSING_HINT = 'Either Nx restored its build from a cache, or it was removed.';

/** Returns the name of a layer for display. */
export function layerName({ owner, kind }: { readonly owner: string; readonly kind: string }): string {
  return `${owner}: ${kind} layer`;
}

/** Returns the name of the store's lock under which a layer is made or fetched. */
export function lockName(layer: Pick<WantedLayer, 'owner' | 'kind' | 'buildId'>): string {
  return `${layerName(layer)} ${hexOf(layer.buildId)}`;
}

/** Returns a layer with its origin. */
export function originLayer({ kind, owner, buildId, time }: WantedLayer, layer: Layer): OriginLayer {
  const { diffId, digest, size, tarSize, compression } = layer;
  return { kind, owner, buildId, time, diffId, digest, size, tarSize, compression };
}
