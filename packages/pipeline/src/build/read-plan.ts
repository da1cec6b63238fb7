import {
  all,
  archOf,
  fail,
  ok,
  planImage,
  type Failure,
  type Image,
  type ImagePlan,
  type LayerFile,
  type LayersFile,
  type Platform,
  type PlatformLock,
  type Result,
  type Tool,
} from '@image-tooling/model';
import type { Session } from '../session';
import { outputFolder, readLayerFile, readLayersFile } from '../workspace/outputs';
import { usersOf } from './files-clashes';
import { imageFiles, type ImageFiles } from './files-layer';

export interface PlannedImage {
  readonly plan: ImagePlan;
  readonly lock: PlatformLock;
  readonly files: ImageFiles | undefined;
}

/** The layers of an image's parent, and of its own tools. */
export interface Below {
  readonly parent: LayersFile | undefined;
  readonly tools: readonly LayerFile[];
}

/** Plans an image from its definition and the outputs of its parent and tools. */
export async function readPlan(
  session: Session,
  image: Image,
  platform: Platform,
): Promise<Result<PlannedImage>> {
  const lock = lockOn(image, platform);
  if (!lock.ok) return lock;
  const parent = image.parent ? await layersOf(session, image.parent, platform) : ok(undefined);
  if (!parent.ok) return parent;
  const tools = all(await Promise.all(image.tools.map((tool) => layerOf(session, tool, platform))));
  if (!tools.ok) return tools;
  return planWith(session, image, { platform, lock: lock.value, parent: parent.value, tools: tools.value });
}

/**
 * Plans an image over its parent and tools. Fails with `platform`, `lock-stale`, and as its files are read.
 */
export async function planOn(
  session: Session,
  image: Image,
  platform: Platform,
  below: Below,
): Promise<Result<PlannedImage>> {
  const lock = lockOn(image, platform);
  return lock.ok ? planWith(session, image, { platform, lock: lock.value, ...below }) : lock;
}

interface PlanSources extends Below {
  readonly platform: Platform;
  readonly lock: PlatformLock;
}

async function planWith(session: Session, image: Image, sources: PlanSources): Promise<Result<PlannedImage>> {
  const { name, definition } = image;
  const { lock } = sources;
  const files = await imageFiles(session.root, image, usersOf(image));
  if (!files.ok) return files;
  const plan = planImage({
    ...definition,
    name,
    compression: session.options.compression,
    labels: definition.config.labels ?? {},
    ...sources,
    lockFile: `${image.folder}/lock.json`,
    files: files.value?.inputs,
  });
  return plan.ok ? ok({ plan: plan.value, lock, files: files.value }) : plan;
}

/** Returns the layers of the last build of an image. Fails with `unknown-reference` if it was not built. */
export async function layersOf(
  session: Session,
  image: Image,
  platform: Platform,
): Promise<Result<LayersFile>> {
  const found = await readLayersFile(outputFolder(session.root, image, platform));
  return found?.platform === platform ? ok(found) : fail(notBuilt(image.name, platform));
}

/** Returns the layer of the last build of a tool. Fails as `layersOf` does. */
export async function layerOf(session: Session, tool: Tool, platform: Platform): Promise<Result<LayerFile>> {
  const found = await readLayerFile(outputFolder(session.root, tool, platform));
  return found?.platform === platform ? ok(found) : fail(notBuilt(tool.name, platform));
}

/** Returns the failure for an image or tool that was not built. */
export function notBuilt(name: string, platform: Platform): Failure {
  return {
    code: 'unknown-reference',
    message: `"${name}" is not built for ${platform}.`,
    hint: `Run: npx nx run ${name}:build-${archOf(platform)} (with --skip-nx-cache if Nx has it in its cache but restores nothing)`,
  };
}

function lockOn(image: Image, platform: Platform): Result<PlatformLock> {
  const lock = image.lock?.value.platforms[platform];
  return lock ? ok(lock) : fail(noPlatform(image, platform));
}

/** Returns the failure for an image that is not for a platform. */
export function noPlatform({ name, definition }: Image, platform: Platform): Failure {
  return {
    code: 'platform',
    message: `The image "${name}" is not for ${platform}, but for ${definition.platforms.join(', ')}.`,
    hint: 'Add the platform to "platforms" in its image.json, and lock it.',
  };
}
