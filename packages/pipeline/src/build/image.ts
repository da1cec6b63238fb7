import {
  isSystem,
  ok,
  type Digest,
  type DigestFile,
  type Image,
  type LayerKind,
  type LayersFile,
  type OriginLayer,
  type Platform,
  type Result,
  type WantedLayer,
} from '@image-tooling/model';
import { missingParents, type TarEntry } from '@image-tooling/layer';
import { assembleImage, checkCollisions, writeLayer, type AssembledImage } from '@image-tooling/oci';
import type { Session } from '../session';
import { ensureBase } from './base';
import { chainPaths } from './chain';
import { ensureLayer, type MadeLayer } from './layers/ensure-layer';
import { ensureLayers } from './ensure-layers';
import { noteHomes } from './files-clashes';
import { helpEntries } from './help-layer';
import { readPlan, type PlannedImage } from './read-plan';
import { replacedLayers } from './layers/replaced';
import { noteRootfsLosses } from './rootfs-losses';
import { makeSystemLayer } from './system-layer';
import { layerText } from './layer-text';

/** An image of one platform: all its blobs are in the store. */
export interface MadeImage {
  readonly image: AssembledImage;
  /** In order, the help layer last. */
  readonly layers: readonly OriginLayer[];
  /** The number of layers from the parent or registry image, which come first. */
  readonly inherited: number;
  /** The part that its children read. */
  readonly inheritance: LayersFile;
  readonly digests: DigestFile;
}

/** Builds the layers that the store lacks, then assembles layers, config and manifest. */
export async function makeImage(
  session: Session,
  image: Image,
  platform: Platform,
): Promise<Result<MadeImage>> {
  const planned = await readPlan(session, image, platform);
  if (!planned.ok) return planned;
  const { plan } = planned.value;
  const wanted = [...plan.parent, ...plan.tools];
  const below = await ensureLayers(session, { image, platform, layers: wanted, makeImage });
  if (!below.ok) return below;
  const base = await ensureBase(session, planned.value.lock, plan.base);
  if (!base.ok) return base;
  const own = await ownLayers(session, image, platform, planned.value);
  if (!own.ok) return own;
  const { system, files, help } = own.value;
  const inherited = [...plan.parent, ...plan.base, ...system, ...plan.tools, ...files];
  const layers = [...inherited, help];
  const checked = await checkLayers(session, layers);
  if (!checked.ok) return checked;
  const assembled = await assembleImage({
    store: session.store,
    platform,
    layers,
    config: { ...plan.config, exposedPorts: image.definition.config.exposedPorts },
    labels: plan.labels,
  });
  if (!assembled.ok) return assembled;
  return ok({
    image: assembled.value,
    layers,
    inherited: plan.parent.length + plan.base.length,
    inheritance: inheritanceOf(platform, inherited, planned.value),
    digests: digestsOf(assembled.value, help),
  });
}

interface OwnLayers {
  readonly system: readonly OriginLayer[];
  readonly files: readonly OriginLayer[];
  readonly help: OriginLayer;
}

async function ownLayers(
  session: Session,
  image: Image,
  platform: Platform,
  { plan, lock, files }: PlannedImage,
): Promise<Result<OwnLayers>> {
  const { definition, name } = image;
  const replaced = await replacedLayers(session, image, platform);
  const system = await optionalLayer(session, plan.system, replaced, () =>
    makeSystemLayer(session, {
      owner: name,
      platform,
      time: lock.time,
      bootstrap: lock.bootstrap ?? [],
      packages: lock.packages,
      omit: definition.omit,
      users: definition.users,
      chain: [...plan.parent, ...plan.base],
    }),
  );
  if (!system.ok) return system;
  const below = [...plan.parent.filter(isSystem), ...plan.base, ...system.value];
  const own = await optionalLayer(session, plan.files, replaced, async () => {
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
  wanted: WantedLayer | undefined,
  replaced: ReadonlyMap<LayerKind, Digest>,
  make: () => Promise<Result<MadeLayer>>,
): Promise<Result<OriginLayer[]>> {
  if (!wanted) return ok([]);
  const layer = await ensureLayer(session, wanted, make, replaced.get(wanted.kind));
  return layer.ok ? ok([layer.value]) : layer;
}

/** Writes a layer of the image's own entries, with parent folders as in the chain. */
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
  return layer.ok ? ok({ ...layer.value, origin: 'built' }) : layer;
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

function digestsOf({ manifestDigest, configDigest }: AssembledImage, help: OriginLayer): DigestFile {
  return { manifest: manifestDigest, config: configDigest, help: help.digest };
}
