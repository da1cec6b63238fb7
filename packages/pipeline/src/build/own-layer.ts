import {
  ok,
  type Image,
  type LayerKind,
  type OriginLayer,
  type Platform,
  type Result,
  type WantedLayer,
} from '@image-tooling/model';
import type { Session } from '../session';
import type { Need } from './ensure-layers';
import { layersWithoutPaths } from './known-paths';
import { imagesWith } from './layer-owner';
import { ensureLayer, layerName, noteMissing, originLayer, type MadeLayer } from './layers/ensure-layer';

/** An image whose own layers are needed, and its last build. */
export interface OwnLayersOf {
  readonly image: Image;
  readonly platform: Platform;
  readonly need: Need;
  readonly recorded: ReadonlyMap<LayerKind, OriginLayer>;
}

/**
 * Returns a layer of an image's own: from the store; as its last build recorded it, if the inputs are the same and the
 * published images have the blob, or only its paths are needed; else from `make`.
 */
export async function ownLayer(
  session: Session,
  of: OwnLayersOf,
  wanted: WantedLayer,
  make: () => Promise<Result<MadeLayer>>,
): Promise<Result<OriginLayer>> {
  const last = of.recorded.get(wanted.kind);
  if (last?.buildId !== wanted.buildId) return ensureLayer(session, wanted, make, last?.buildId);
  const isEnough = of.need === 'paths' ? await recordIsEnough(session, of, last) : ok(false);
  if (!isEnough.ok) return isEnough;
  if (isEnough.value) {
    session.context.progress.step(layerName(wanted)).done({ origin: 'nx', bytes: last.size });
    return ok(originLayer(wanted, last));
  }
  return ensureLayer(session, wanted, () => fetchOrMake(session, of, { wanted, last, make }));
}

/** Returns whether a recorded layer needs no blob. What the store has comes first. */
async function recordIsEnough(
  session: Session,
  of: OwnLayersOf,
  last: OriginLayer,
): Promise<Result<boolean>> {
  if (await session.store.getBuild(last.buildId)) return ok(false);
  const unknown = await layersWithoutPaths(session, of, [last]);
  return unknown.ok ? ok(unknown.value.length === 0) : unknown;
}

interface Recorded {
  readonly wanted: WantedLayer;
  readonly last: OriginLayer;
  readonly make: () => Promise<Result<MadeLayer>>;
}

async function fetchOrMake(
  session: Session,
  { image }: OwnLayersOf,
  { wanted, last, make }: Recorded,
): Promise<Result<MadeLayer>> {
  const fetched = await session.remoteLayers.fetch(last, imagesWith(image, image.name));
  if (!fetched.ok) return fetched;
  if (fetched.value) return ok({ layer: last, paths: fetched.value, origin: 'fetched' });
  noteMissing(session.context, wanted);
  return make();
}
