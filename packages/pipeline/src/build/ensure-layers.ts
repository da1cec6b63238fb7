import {
  fail,
  type Image,
  type OriginLayer,
  type Platform,
  type Result,
  ok,
  type Failure,
} from '@image-tooling/model';
import type { Session } from '../session';
import { makeImage } from './image';
import { ensureTool } from './tool-layer';
import { layerText } from './words';

/**
 * Makes sure that the store has every layer of an image's parent and tools, which their own builds made earlier,
 * perhaps on another machine: what is missing is made again, and must come out the same. Fails with
 * `not-reproducible` where it does not, else with what building fails with.
 */
export async function ensureLayers(
  session: Session,
  image: Image,
  layers: readonly OriginLayer[],
  platform: Platform,
): Promise<Result<void>> {
  const missing = await missingOf(session, layers);
  for (const owner of new Set(missing.map((layer) => layer.owner))) {
    const made = await makeAgain(session, image, owner, platform);
    if (!made.ok) return made;
  }
  const [first, ...rest] = (await missingOf(session, missing)).map(notReproduced);
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
  image: Image,
  owner: string,
  platform: Platform,
): Promise<Result<unknown>> {
  for (let at: Image | undefined = image; at; at = at.parent) {
    if (at.name === owner) return makeImage(session, at, platform);
    const tool = at.tools.find(({ name }) => name === owner);
    if (tool) return ensureTool(session, tool, platform);
  }
  throw new Error(`${image.name} has a layer of "${owner}", which is not below it`);
}

function notReproduced(layer: OriginLayer): Failure {
  return {
    code: 'not-reproducible',
    message: `What was recorded of ${layerText(layer)} is not what came when it was built again.`,
    hint: `Run "npx nx run ${layer.owner}:build --skip-nx-cache" to record what this machine makes, and compare.`,
    details: [`recorded digest ${layer.digest}`, `build id ${layer.buildId}`],
  };
}
