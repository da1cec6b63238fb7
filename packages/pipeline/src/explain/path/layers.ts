import {
  fail,
  ok,
  type BuildRecord,
  type Contents,
  type Image,
  type Layer,
  type LayerName,
  type Platform,
  type RecordedLayer,
  type Result,
  type Tool,
  type Workspace,
} from '@image-tooling/model';
import type { PathIndex } from '@image-tooling/layer';
import type { Store } from '@image-tooling/oci';
import { layerOf } from '../../build/read-plan';
import type { Session } from '../../session';
import { recordedBuild, recordedLayer } from '../contents/recorded';

/** A layer to search for paths. */
export type ExplainableLayer = LayerName &
  Pick<Layer, 'diffId' | 'compression'> & { readonly paths: PathIndex };

/** What is searched for paths: an image's layers, or a tool's. */
export interface Searched {
  readonly name: string;
  readonly platform: Platform;
  /** Bottom first. */
  readonly layers: readonly ExplainableLayer[];
  readonly tools: Contents['tools'];
}

/** A search for paths: where definitions and blobs are read, and the layers. */
export interface PathSearch {
  readonly session: Session;
  readonly workspace: Workspace;
  readonly searched: Searched;
}

/**
 * Returns the layers of the last build of an image. Fails as `recordedBuild` does, and with `store-corrupt`.
 */
export async function searchedImage(
  session: Session,
  image: Image,
  platform: Platform,
): Promise<Result<Searched>> {
  const built = await recordedBuild(session, image, platform);
  if (!built.ok) return built;
  const { record } = built.value;
  return searched(session.store, record.layers, { name: image.name, platform, tools: record.contents.tools });
}

/** Returns the layer of the last build of a tool. Fails if it was not built, and with `store-corrupt`. */
export async function searchedTool(
  session: Session,
  tool: Tool,
  platform: Platform,
): Promise<Result<Searched>> {
  const built = await layerOf(session, tool, platform);
  if (!built.ok) return built;
  const layer = await recordedLayer(session.store, built.value.layer);
  return searched(session.store, [layer], { name: tool.name, platform, tools: [built.value.tool] });
}

async function searched(
  store: Store,
  recorded: BuildRecord['layers'],
  about: Omit<Searched, 'layers'>,
): Promise<Result<Searched>> {
  const layers: ExplainableLayer[] = [];
  for (const [at, layer] of recorded.entries()) {
    const { kind, owner, digest, diffId, compression = 'none' } = layer;
    const paths = diffId && (await store.getPaths(diffId));
    if (!paths) return lostPaths(layer, about.name);
    layers.push({ number: at + 1, kind, owner, digest, diffId, compression, paths });
  }
  return ok({ ...about, layers });
}

function lostPaths({ kind, owner }: RecordedLayer, name: string): Result<never> {
  return fail({
    code: 'store-corrupt',
    message: `The store has no path list of the ${kind} layer of ${owner}.`,
    hint: `Run "npx nx run ${name}:build --skip-nx-cache": it is built again.`,
  });
}

/** Returns the name of a layer in explanations. */
export function layerName({ number, kind, owner, digest }: ExplainableLayer): LayerName {
  return { number, kind, owner, digest };
}

export function indexesOf({ layers }: Searched): PathIndex[] {
  return layers.map(({ paths }) => paths);
}
