import {
  all,
  baseInputs,
  baseLayers,
  fail,
  layerBuildId,
  ok,
  type BaseLock,
  type Digest,
  type Platform,
  type Result,
} from '@image-tooling/model';
import {
  findPlatformImage,
  readLayerFiles,
  mapResults,
  type LayerFiles,
  type PlatformImage,
} from '@image-tooling/oci';
import { pullBaseBlob, readBaseLayer, withReference } from '../../build/base/pull';
import { basePlace, inBaseRepository } from '../../build/base/repository';
import type { Session } from '../../session';
import { readBaseConfig, type BaseConfig } from './config';
import { isSystemFile, readSystem } from './system';

/** One platform of a registry image: its lock, and what apt needs. */
export interface FoundBase {
  readonly lock: BaseLock;
  /** dpkg's own record of what is installed. */
  readonly status: string;
}

/**
 * Finds one platform of a registry image and reads its system. Its layers are in the store afterwards.
 * Fails with `gone`, `checksum`, `base-unusable`, and as the registry does.
 */
export async function findBase(
  session: Session,
  reference: string,
  platform: Platform,
): Promise<Result<FoundBase>> {
  const place = basePlace(reference);
  if (!place.ok) return place;
  const found = await inBaseRepository(session, place.value, (repository) =>
    findPlatformImage(repository, place.value.digest, platform),
  );
  if (!found.ok) return fail(...withReference(found.failures, reference));
  const config = await configOf(session, reference, found.value, platform);
  if (!config.ok) return config;
  const rows = found.value.layers.map((layer, at) => ({
    ...layer,
    diffId: config.value.diffIds[at] as Digest,
    tarSize: 0,
  }));
  const { time, inherited } = config.value;
  const base = { reference, time, layers: rows, inherited, packages: [] };
  const read = await readLayers(session, base);
  if (!read.ok) return read;
  const { status, ...system } = readSystem(read.value);
  const layers = rows.map((row, at) => ({ ...row, tarSize: read.value[at]?.tarSize ?? 0 }));
  const { manifest, config: descriptor } = found.value;
  const lock = { ...base, manifest, config: descriptor.digest, layers, ...system };
  const kept = await keepLayers(session, lock, read.value);
  return kept.ok ? ok({ lock, status }) : kept;
}

/** Returns dpkg's record of a locked base. Pulls layers that the store lacks. */
export async function baseStatus(session: Session, base: BaseLock): Promise<Result<string>> {
  const read = await readLayers(session, base);
  return read.ok ? ok(readSystem(read.value).status) : read;
}

async function configOf(
  session: Session,
  reference: string,
  { config, manifest, layers }: PlatformImage,
  platform: Platform,
): Promise<Result<BaseConfig>> {
  const pulled = await pullBaseBlob(session, reference, config);
  if (!pulled.ok) return pulled;
  const bytes = await session.store.readBlob(config.digest);
  if (!bytes.ok) return bytes;
  const read = readBaseConfig(bytes.value, manifest, platform);
  if (!read.ok) return fail(...withReference(read.failures, reference));
  if (read.value.diffIds.length === layers.length) {
    noteLeftOut(session, reference, read.value);
    return read;
  }
  return fail({
    code: 'base-unusable',
    message: `The image ${manifest} has ${layers.length} layers, but its config says ${read.value.diffIds.length}.`,
    hint: 'The image itself is invalid: use another digest.',
    details: [`from.registry: ${reference}`],
  });
}

function noteLeftOut({ context }: Session, reference: string, { leftOut }: BaseConfig): void {
  if (leftOut.length === 0) return;
  context.progress.note(`${reference.split('@')[0]}: ${leftOut.join(', ')} of its config are not inherited.`);
}

/** Reads all layers together, since upper layers hide lower ones. */
async function readLayers(
  session: Session,
  base: Pick<BaseLock, 'reference' | 'time' | 'layers' | 'inherited' | 'packages'>,
): Promise<Result<LayerFiles[]>> {
  const { store, context } = session;
  const step = context.progress.step(`${base.reference.split('@')[0]}: read its layers`);
  const read = await mapResults(baseLayers(base, 'base'), (layer) =>
    readBaseLayer(session, base.reference, layer, () => readLayerFiles(layer, store, isSystemFile)),
  );
  if (!read.ok) {
    step.failed();
    return read;
  }
  const origin = read.value.some((one) => one.origin === 'fetched') ? 'fetched' : 'store';
  step.done({ origin, bytes: base.layers.reduce((sum, { size }) => sum + size, 0) });
  return ok(read.value.map(({ value }) => value));
}

/** Keeps the layers for a later build. */
async function keepLayers(
  { store }: Session,
  base: BaseLock,
  files: readonly LayerFiles[],
): Promise<Result<unknown>> {
  const layers = baseLayers(base, 'base');
  return all(
    await Promise.all(
      layers.map(async (layer, at) => {
        const inputs = baseInputs(layer.digest);
        const kept = await store.putInputs(layerBuildId(inputs), inputs);
        return kept.ok ? store.putBuild(layer.buildId, layer, (files[at] as LayerFiles).paths) : kept;
      }),
    ),
  );
}
