import {
  fail,
  imageConfigSchema,
  isDigest,
  ok,
  type BuildRecord,
  type Digest,
  type Failure,
  type Image,
  type ImageConfigJson,
  type Json,
  type OriginLayer,
  type Platform,
  type RecordedLayer,
  type Result,
} from '@image-tooling/model';
import { readOrigin, type Store } from '@image-tooling/oci';
import { layersOf, noPlatform, notBuilt } from '../../build/read-plan';
import type { Session } from '../../session';
import { outputFolder, readDigestFile } from '../../workspace/outputs';

/** The last build of an image: its outputs, and what the store has of it. */
export interface RecordedBuild {
  readonly record: BuildRecord;
  /** The OCI image configuration, if it is still in the store. */
  readonly config: ImageConfigJson | undefined;
}

/**
 * Reads the outputs of the last build of an image. Fails with `platform` for a wrong platform, with
 * `unknown-reference` if it was not built, with `store-corrupt` if its config was altered.
 */
export async function recordedBuild(
  session: Session,
  image: Image,
  platform: Platform,
): Promise<Result<RecordedBuild>> {
  if (!image.definition.platforms.includes(platform)) return fail(noPlatform(image, platform));
  const file = await layersOf(session, image, platform);
  if (!file.ok) return file;
  const folder = outputFolder(session.root, image, platform);
  const digests = await readDigestFile(folder);
  if (!digests) return fail(notBuilt(image.name, platform));
  const config = await configOf(session.store, digests.config);
  if (!config.ok) return config;
  const help = await helpLayer(session.store, image.name, digests.help, config.value);
  const layers = await Promise.all(file.value.layers.map((layer) => recordedLayer(session.store, layer)));
  const { manifest } = digests;
  const { description } = image.definition;
  const { contents } = file.value;
  const record: BuildRecord = {
    name: image.name,
    description,
    platform,
    manifest,
    config: digests.config,
    layers: [...layers, help],
    contents,
  };
  return ok({ record, config: config.value });
}

async function configOf(store: Store, digest: Digest): Promise<Result<ImageConfigJson | undefined>> {
  if (!(await store.hasBlob(digest))) return ok(undefined);
  const bytes = await store.readBlob(digest);
  if (!bytes.ok) return bytes;
  const config = configIn(bytes.value);
  return config ? ok(config) : fail(noConfig(digest));
}

function configIn(bytes: Buffer): ImageConfigJson | undefined {
  try {
    return imageConfigSchema.safeParse(JSON.parse(bytes.toString())).data;
  } catch {
    return undefined;
  }
}

/** Returns the failure for a digest.json that no build wrote. */
function noConfig(digest: Digest): Failure {
  return {
    code: 'store-corrupt',
    message: `The blob ${digest}, which digest.json names as the image's config, is not a config.`,
    hint: 'Build again with --skip-nx-cache: it writes digest.json again.',
  };
}

/** Returns a layer of a last build, with what the store has of it. */
export async function recordedLayer(store: Store, layer: OriginLayer): Promise<RecordedLayer> {
  const { kind, owner, digest, buildId, diffId, size, tarSize, compression } = layer;
  const inStore = await store.hasBlob(digest);
  const count = packageCount(await store.getInputs(buildId));
  const facts = { kind, owner, digest, buildId, diffId, size, tarSize, compression };
  return { ...facts, inStore, ...(count > 0 && { packages: count }) };
}

function packageCount(inputs: Json | undefined): number {
  const parts = (inputs ?? {}) as { readonly required?: object; readonly packages?: object };
  return Object.keys(parts.required ?? {}).length + Object.keys(parts.packages ?? {}).length;
}

/** The help layer is not in layers.json; the config's last history row has it. */
async function helpLayer(
  store: Store,
  owner: string,
  digest: Digest,
  config: ImageConfigJson | undefined,
): Promise<RecordedLayer> {
  const buildId = readOrigin(config?.history?.at(-1)?.created_by)?.buildId;
  const diffId = config?.rootfs?.diff_ids?.at(-1) ?? '';
  const stored = buildId && (await store.getBuild(buildId));
  return {
    kind: 'help',
    owner,
    digest,
    inStore: await store.hasBlob(digest),
    ...(buildId && { buildId }),
    ...(isDigest(diffId) && { diffId }),
    ...(stored && { size: stored.size, tarSize: stored.tarSize, compression: stored.compression }),
  };
}
