import {
  fail,
  type Image,
  type Layer,
  type OriginLayer,
  type Platform,
  type Result,
  ok,
  type Failure,
} from '@image-tooling/model';
import { firstDifference } from '@image-tooling/layer';
import { layerDifference } from '@image-tooling/oci';
import type { Session } from '../session';
import { ensureTool } from './tool';
import { layerText } from './layer-text';

/** Layers that an image takes over, and how an image below it is made. */
export interface LayersBelow {
  readonly image: Image;
  readonly platform: Platform;
  readonly layers: readonly OriginLayer[];
  readonly makeImage: (session: Session, image: Image, platform: Platform) => Promise<Result<unknown>>;
}

/**
 * Builds again each layer of an image's parent and tools that the store lacks; their own builds may have run
 * on another machine. Fails with `not-reproducible` if the digest differs, else as building does.
 */
export async function ensureLayers(session: Session, below: LayersBelow): Promise<Result<void>> {
  const { layers } = below;
  const missing = await missingOf(session, layers);
  for (const owner of new Set(missing.map((layer) => layer.owner))) {
    const made = await makeAgain(session, below, owner);
    if (!made.ok) return made;
  }
  const others = await missingOf(session, missing);
  const [first, ...rest] = await Promise.all(others.map((layer) => notReproduced(session, layer)));
  return first ? fail(first, ...rest) : ok(undefined);
}

async function missingOf({ store }: Session, layers: readonly OriginLayer[]): Promise<OriginLayer[]> {
  const present = await Promise.all(
    layers.map(async (layer) => (await store.getBuild(layer.buildId))?.digest === layer.digest),
  );
  return layers.filter((_, index) => !present[index]);
}

async function makeAgain(
  session: Session,
  { image, platform, makeImage }: LayersBelow,
  owner: string,
): Promise<Result<unknown>> {
  for (let at: Image | undefined = image; at; at = at.parent) {
    if (at.name === owner) return makeImage(session, at, platform);
    const tool = at.tools.find(({ name }) => name === owner);
    if (tool) return ensureTool(session, tool, platform);
  }
  throw new Error(`${image.name} has a layer of "${owner}", which is not its parent or tool`);
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
