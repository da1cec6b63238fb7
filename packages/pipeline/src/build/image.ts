import {
  isSystem,
  ok,
  type DigestFile,
  type Image,
  type ImagePlan,
  type ImageRecipe,
  type LayersFile,
  type OriginLayer,
  type Platform,
  type Result,
  type WantedLayer,
} from '@image-tooling/model';
import { missingParents, type TarEntry } from '@image-tooling/layer';
import {
  assembleImage,
  checkCollisions,
  describeImage,
  writeLayer,
  type AssembledImage,
} from '@image-tooling/oci';
import type { Session } from '../session';
import { ensureBase } from './base';
import { chainPaths } from './chain';
import { ensureLayer, type MadeLayer } from './layers/ensure-layer';
import { ensureLayers, missingOf, type Need } from './ensure-layers';
import { noteHomes } from './files-clashes';
import { helpEntries } from './help-layer';
import { layersWithoutPaths } from './known-paths';
import type { ImageOnPlatform } from './layer-owner';
import { recordedLayers } from './layers/recorded-layers';
import { ownLayer, type OwnLayersOf } from './own-layer';
import { readPlan, type PlannedImage } from './read-plan';
import { noteRootfsLosses } from './rootfs-losses';
import { makeSystemLayer } from './system-layer';
import { layerText } from './layers/layer-text';

/** An image of one platform. */
export interface MadeImage {
  readonly image: AssembledImage;
  /** In order, the help layer last. */
  readonly layers: readonly OriginLayer[];
  /** The number of layers from the parent or registry image, which come first. */
  readonly inherited: number;
  /** The part that its children read. */
  readonly inheritance: LayersFile;
  readonly digests: DigestFile;
  readonly recipe: ImageRecipe;
}

/**
 * Builds the layers that the store lacks, then assembles layers, config and manifest. With the need `paths`, blobs
 * of recorded layers may be missing; the store then has no manifest of the image.
 */
export async function makeImage(
  session: Session,
  image: Image,
  platform: Platform,
  need: Need,
): Promise<Result<MadeImage>> {
  const place: Place = { image, platform, need };
  const composed = await composeImage(session, place);
  if (!composed.ok) return composed;
  const checked = await checkLayers(session, composed.value.layers);
  if (!checked.ok) return checked;
  const assembled = await assemble(session, place, composed.value.recipe);
  return assembled.ok ? ok(madeImage(composed.value, assembled.value)) : assembled;
}

/**
 * Returns the image that `makeImage` makes with the need `paths`. Looks for no collisions of paths and stores no
 * manifest: for an image whose build did. Fails as building does.
 */
export async function describeBuilt(session: Session, of: ImageOnPlatform): Promise<Result<MadeImage>> {
  const composed = await composeImage(session, { ...of, need: 'paths' });
  return composed.ok ? ok(madeImage(composed.value, describeImage(composed.value.recipe))) : composed;
}

/** All of an image but the digests of its config and manifest. */
type ComposedImage = Omit<MadeImage, 'image' | 'digests'>;

async function composeImage(session: Session, place: Place): Promise<Result<ComposedImage>> {
  const { image, platform } = place;
  const planned = await readPlan(session, image, platform);
  if (!planned.ok) return planned;
  const { plan } = planned.value;
  const below = await ensureBelow(session, place, planned.value, [...plan.parent, ...plan.tools]);
  if (!below.ok) return below;
  const own = await ownLayers(session, place, planned.value);
  if (!own.ok) return own;
  const { system, files, help } = own.value;
  const inherited = [...plan.parent, ...plan.base, ...system, ...plan.tools, ...files];
  const layers = [...inherited, help];
  return ok({
    layers,
    inherited: plan.parent.length + plan.base.length,
    inheritance: inheritanceOf(platform, inherited, planned.value),
    recipe: imageRecipe(place, plan, layers),
  });
}

function madeImage(composed: ComposedImage, image: AssembledImage): MadeImage {
  const { manifestDigest: manifest, configDigest: config } = image;
  const help = composed.layers.at(-1) as OriginLayer;
  return { ...composed, image, digests: { manifest, config, help: help.digest } };
}

interface Place extends ImageOnPlatform {
  readonly need: Need;
}

/** Gets layers of the parent and of tools, and those of a registry image. */
async function ensureBelow(
  session: Session,
  place: Place,
  { plan, lock }: PlannedImage,
  layers: readonly OriginLayer[],
): Promise<Result<unknown>> {
  const below = await ensureLayers(session, { ...place, layers, makeImage });
  if (!below.ok) return below;
  const base = place.need === 'paths' ? await layersWithoutPaths(session, place, plan.base) : ok(plan.base);
  return base.ok ? ensureBase(session, lock, base.value) : base;
}

/** Returns all that an image is assembled from. `layers`: in order, the help layer last. */
export function imageRecipe(
  { image, platform }: ImageOnPlatform,
  plan: ImagePlan,
  layers: readonly OriginLayer[],
): ImageRecipe {
  const config = { ...plan.config, exposedPorts: image.definition.config.exposedPorts };
  return { platform, layers, config, labels: plan.labels };
}

async function assemble(
  session: Session,
  { need }: Place,
  recipe: ImageRecipe,
): Promise<Result<AssembledImage>> {
  const isComplete = need === 'blobs' || (await missingOf(session, recipe.layers)).length === 0;
  return isComplete ? assembleImage({ ...recipe, store: session.store }) : ok(describeImage(recipe));
}

interface OwnLayers {
  readonly system: readonly OriginLayer[];
  readonly files: readonly OriginLayer[];
  readonly help: OriginLayer;
}

async function ownLayers(session: Session, place: Place, planned: PlannedImage): Promise<Result<OwnLayers>> {
  const { image, platform } = place;
  const { plan, files } = planned;
  const of = { ...place, recorded: await recordedLayers(session, image, platform) };
  const system = await optionalLayer(session, of, plan.system, () => makeSystem(session, place, planned));
  if (!system.ok) return system;
  const below = [...plan.parent.filter(isSystem), ...plan.base, ...system.value];
  const own = await optionalLayer(session, of, plan.files, async () => {
    await noteRootfsLosses(session, image);
    noteHomes(session, image, files?.entries ?? []);
    return writeOwn(session, files?.entries ?? [], below);
  });
  if (!own.ok) return own;
  const help = await ensureLayer(session, plan.help, () => writeOwn(session, helpEntries(plan.helpText), []));
  return help.ok ? ok({ system: system.value, files: own.value, help: help.value }) : help;
}

async function optionalLayer(
  session: Session,
  of: OwnLayersOf,
  wanted: WantedLayer | undefined,
  make: () => Promise<Result<MadeLayer>>,
): Promise<Result<OriginLayer[]>> {
  if (!wanted) return ok([]);
  const layer = await ownLayer(session, of, wanted, make);
  return layer.ok ? ok([layer.value]) : layer;
}

/** Makes the bootstrap or apt layer. The engine needs the blobs of the system below. */
async function makeSystem(session: Session, place: Place, planned: PlannedImage): Promise<Result<MadeLayer>> {
  const { plan, lock } = planned;
  const { name, definition } = place.image;
  const below = await ensureBelow(
    session,
    { ...place, need: 'blobs' },
    planned,
    plan.parent.filter(isSystem),
  );
  if (!below.ok) return below;
  return makeSystemLayer(session, {
    owner: name,
    platform: place.platform,
    time: lock.time,
    bootstrap: lock.bootstrap ?? [],
    packages: lock.packages,
    omit: definition.omit,
    users: definition.users,
    chain: [...plan.parent, ...plan.base],
  });
}

/**
 * Writes a layer of the image's own entries, with parent folders as in the chain. Its files can change at any time: what
 * is in it is read from its blob.
 */
async function writeOwn(
  session: Session,
  entries: readonly TarEntry[],
  chain: readonly OriginLayer[],
): Promise<Result<MadeLayer>> {
  const paths = await chainPaths(session, chain);
  if (!paths.ok) return paths;
  const time = entries[0]?.mtime ?? 0;
  const layer = await writeLayer([...entries, ...missingParents(entries, paths.value, time)], {
    compression: session.options.compression,
    store: session.store,
    signal: session.context.signal,
  });
  return layer.ok ? ok({ layer: layer.value.layer, paths: layer.value.paths, origin: 'built' }) : layer;
}

async function checkLayers(session: Session, layers: readonly OriginLayer[]): Promise<Result<void>> {
  const paths = await chainPaths(session, layers);
  if (!paths.ok) return paths;
  return checkCollisions(
    paths.value.map((index, at) => ({
      name: layerText(layers[at] as OriginLayer),
      kind: (layers[at] as OriginLayer).kind,
      paths: index,
    })),
  );
}

function inheritanceOf(
  platform: Platform,
  layers: readonly OriginLayer[],
  { plan }: PlannedImage,
): LayersFile {
  const { config, contents, packagesDigest } = plan;
  return { layersVersion: 1, platform, layers, config, contents, packagesDigest };
}
