import {
  fail,
  ok,
  type Failure,
  type Image,
  type Layer,
  type OriginLayer,
  type Platform,
  type Result,
} from '@image-tooling/model';
import { firstDifference } from '@image-tooling/layer';
import { layerDifference, mapResults } from '@image-tooling/oci';
import type { Session } from '../session';
import { fetchRecorded } from './fetch-recorded';
import { isSame, layersWithoutPaths } from './known-paths';
import { ownerOf, type ImageOnPlatform } from './layer-owner';
import { ensureTool } from './tool';
import { layerText } from './layers/layer-text';

/**
 * What is needed of layers: their blobs, or only the indexes of their paths, which is enough to assemble an image and
 * to find collisions.
 */
export type Need = 'blobs' | 'paths';

/** Layers that an image takes over, and how an image below it is made. */
export interface LayersBelow extends ImageOnPlatform {
  readonly layers: readonly OriginLayer[];
  readonly need: Need;
  readonly makeImage: MakeImage;
}

type MakeImage = (session: Session, image: Image, platform: Platform, need: Need) => Promise<Result<unknown>>;

/**
 * Gets recorded layers of an image's parent and tools that the store lacks: from where `fetchRecorded` finds
 * them, else they are built again; their own builds may have run on another machine. Fails with
 * `not-reproducible` if the digest differs, else as building does.
 */
export async function ensureLayers(session: Session, below: LayersBelow): Promise<Result<void>> {
  const { layers, need } = below;
  const missing =
    need === 'blobs'
      ? ok(await missingOf(session, layers))
      : await layersWithoutPaths(session, below, layers);
  if (!missing.ok) return missing;
  const unfetched = await mapResults(missing.value, async (layer): Promise<Result<OriginLayer[]>> => {
    const fetched = await fetchRecorded(session, below, layer);
    return fetched.ok ? ok(fetched.value ? [] : [layer]) : fetched;
  });
  return unfetched.ok ? buildAgain(session, below, unfetched.value.flat()) : unfetched;
}

async function buildAgain(
  session: Session,
  below: LayersBelow,
  layers: readonly OriginLayer[],
): Promise<Result<void>> {
  for (const owner of new Set(layers.map((layer) => layer.owner))) {
    const made = await makeAgain(session, below, owner);
    if (!made.ok) return made;
  }
  const others = await missingOf(session, layers);
  const [first, ...rest] = await Promise.all(others.map((layer) => notReproduced(session, layer)));
  return first ? fail(first, ...rest) : ok(undefined);
}

/** Returns the layers that the store does not have as recorded. */
export async function missingOf({ store }: Session, layers: readonly OriginLayer[]): Promise<OriginLayer[]> {
  const present = await Promise.all(
    layers.map(async (layer) => isSame(await store.getBuild(layer.buildId), layer)),
  );
  return layers.filter((_, index) => !present[index]);
}

async function makeAgain(
  session: Session,
  { image, platform, makeImage }: LayersBelow,
  name: string,
): Promise<Result<unknown>> {
  const owner = ownerOf(image, name);
  if (!owner) throw new Error(`${image.name} has a layer of "${name}", which is not its parent or tool`);
  return owner.kind === 'image'
    ? makeImage(session, owner.image, platform, 'blobs')
    : ensureTool(session, owner.tool, platform);
}

async function notReproduced(session: Session, layer: OriginLayer): Promise<Failure> {
  const made = await session.store.getBuild(layer.buildId);
  return {
    code: 'not-reproducible',
    message: `Built again, ${layerText(layer)} is not what was recorded.`,
    hint: `Run "npx nx run ${layer.owner}:build --skip-nx-cache" to record what this machine makes, and compare.`,
    details: [
      `recorded digest ${layer.digest}`,
      `built digest    ${made?.digest ?? 'none'}`,
      ...(await differenceLines(session, layer, made)),
    ],
  };
}

/** Compares contents if the store has both layers, else their path lists. */
async function differenceLines({ store }: Session, before: Layer, after?: Layer): Promise<readonly string[]> {
  if (after && (await store.hasBlob(before.digest))) {
    const found = await layerDifference({ layer: before, store }, { layer: after, store });
    if (found.ok && found.value) return [found.value.path ?? 'all paths', ...found.value.lines];
  }
  const old = await store.getPaths(before.diffId);
  const now = after && (await store.getPaths(after.diffId));
  if (!old || !now) return ['the differing path is unknown: the store no longer has the recorded path list'];
  return [firstDifference(old, now) ?? SAME_PATHS];
}

const SAME_PATHS =
  'the same paths: the content of a file differs. "build --check" may find which; the recorded file is no longer there';
