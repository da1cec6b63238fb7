import type {
  Image,
  Json,
  KnownBuild,
  KnownLayer,
  Platform,
  RecordedLayer,
  Result,
  Tool,
} from '@image-tooling/model';
import { ok } from '@image-tooling/model';
import { layerOf, layersOf } from '../../build/read-plan';
import type { Session } from '../../session';
import { recordedBuild, recordedLayer } from '../contents/recorded';

/** Returns the last build of an image, or undefined. Fails with `store-corrupt` and `platform`. */
export async function imageBefore(
  session: Session,
  image: Image,
  platform: Platform,
): Promise<Result<KnownBuild | undefined>> {
  const isBuilt = (await layersOf(session, image, platform)).ok;
  if (!isBuilt) return ok(undefined);
  const built = await recordedBuild(session, image, platform);
  if (!built.ok) return built;
  const layers = await knownLayers(session, built.value.record.layers);
  const config = built.value.config?.config;
  return ok({ layers, ...(config !== undefined && { config }) });
}

/** Returns the last build of a tool, or undefined. */
export async function toolBefore(
  session: Session,
  tool: Tool,
  platform: Platform,
): Promise<KnownBuild | undefined> {
  const built = await layerOf(session, tool, platform);
  return built.ok
    ? { layers: await knownLayers(session, [await recordedLayer(session.store, built.value.layer)]) }
    : undefined;
}

/** Returns layers with their inputs. Those with an unknown build id are left out. */
async function knownLayers({ store }: Session, layers: readonly RecordedLayer[]): Promise<KnownLayer[]> {
  const known = await Promise.all(
    layers.map(async ({ kind, owner, buildId }): Promise<KnownLayer[]> => {
      if (!buildId) return [];
      const inputs: Json | undefined = await store.getInputs(buildId);
      return [{ kind, owner, buildId, ...(inputs !== undefined && { inputs }) }];
    }),
  );
  return known.flat();
}
