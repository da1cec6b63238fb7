import {
  digestOf,
  ok,
  type Digest,
  type Image,
  type ImagePlan,
  type Json,
  type KnownBuild,
  type Layer,
  type LayerFile,
  type LayersFile,
  type OriginLayer,
  type Platform,
  type Result,
  type Tool,
  type WantedLayer,
} from '@image-tooling/model';
import { imageConfigJson } from '@image-tooling/oci';
import { imageRecipe } from '../../build/image';
import { planOn, type Below } from '../../build/read-plan';
import { toolEntry, wantedTool } from '../../build/tool';
import { recipeOf } from '../../build/tool/recipes';
import type { Session } from '../../session';

/** The result of a build now: to compare with the last one, and for images based on it. */
export interface Foreseen<File> {
  readonly build: KnownBuild;
  readonly file: File;
}

/** Inputs by build id, of layers that are not in the store yet. */
export type KnownInputs = Map<Digest, Json>;

/** Returns the tool's layer as it would be built now. Fails as reading its lock does. */
export async function toolAfter(
  session: Session,
  tool: Tool,
  platform: Platform,
  known: KnownInputs,
): Promise<Result<Foreseen<LayerFile>>> {
  const recipe = await recipeOf(session, tool, platform);
  if (!recipe.ok) return recipe;
  const wanted = wantedTool(session, tool, recipe.value);
  const layer = await foreseenLayer(session, wanted, known);
  return ok({
    build: { layers: [await withInputs(session, layer, known)] },
    file: { layerVersion: 1, platform, layer, tool: toolEntry(tool, recipe.value) },
  });
}

/**
 * Returns the image as it would be assembled now, over what its parent and tools would be. Fails as planning
 * does.
 */
export async function imageAfter(
  session: Session,
  image: Image,
  platform: Platform,
  { known, ...below }: Below & { readonly known: KnownInputs },
): Promise<Result<Foreseen<LayersFile>>> {
  const planned = await planOn(session, image, platform, below);
  if (!planned.ok) return planned;
  const { plan } = planned.value;
  const layers = await plannedLayers(session, plan, known);
  const help = await foreseenLayer(session, plan.help, known);
  const { config, contents, packagesDigest } = plan;
  const recipe = imageRecipe({ image, platform }, plan, [...layers, help]);
  const json = imageConfigJson(recipe) as { readonly config: Json };
  return ok({
    build: {
      layers: await Promise.all([...layers, help].map((layer) => withInputs(session, layer, known))),
      config: json.config,
    },
    file: { layersVersion: 1, platform, layers, config, contents, packagesDigest },
  });
}

/** Returns layers in the order of the image, without the help layer. */
async function plannedLayers(session: Session, plan: ImagePlan, known: KnownInputs): Promise<OriginLayer[]> {
  const own = async (wanted: WantedLayer | undefined): Promise<OriginLayer[]> =>
    wanted ? [await foreseenLayer(session, wanted, known)] : [];
  return [
    ...plan.parent,
    ...plan.base,
    ...(await own(plan.system)),
    ...plan.tools,
    ...(await own(plan.files)),
  ];
}

/** Returns a wanted layer from the store, else one with only a build id. */
async function foreseenLayer(
  { store }: Session,
  wanted: WantedLayer,
  known: KnownInputs,
): Promise<OriginLayer> {
  const { kind, owner, buildId, time, inputs } = wanted;
  known.set(buildId, inputs);
  return { kind, owner, buildId, time, ...((await store.getBuild(buildId)) ?? NOT_MADE) };
}

/** Placeholder for content that is not built; plans only use build ids. */
const NOT_MADE: Layer = {
  diffId: digestOf('not made'),
  digest: digestOf('not made'),
  size: 0,
  tarSize: 0,
  compression: 'none',
};

async function withInputs(
  { store }: Session,
  { kind, owner, buildId }: OriginLayer,
  known: KnownInputs,
): Promise<KnownBuild['layers'][number]> {
  const inputs = known.get(buildId) ?? (await store.getInputs(buildId));
  return { kind, owner, buildId, ...(inputs !== undefined && { inputs }) };
}
