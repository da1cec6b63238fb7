import { chainOf, ok, type Image, type Platform, type Result, type Tool } from '@image-tooling/model';
import type { Session } from '../session';
import { outputFolder, writeOutput } from '../workspace/outputs';
import { writeFacts } from '../workspace/contents-file';
import { writePathsFile } from '../workspace/paths-file';
import { makeImage, type MadeImage } from './image';
import { writeSboms } from './image-sbom';
import { ownLayers } from './layers/recorded-layers';
import { layerOf, layersOf } from './read-plan';
import { ensureTool } from './tool';
import { writeToolOutput } from './tool/output';

/**
 * Builds an image's parents and tools if their outputs are missing: Nx may have a task in its cache and
 * restore nothing (nrwl/nx#37110). Fails as building them does.
 */
export async function ensureBelow(session: Session, image: Image, platform: Platform): Promise<Result<void>> {
  for (const one of chainOf(image)) {
    for (const tool of one.tools) {
      if ((await layerOf(session, tool, platform)).ok) continue;
      noteMissing(session, tool.name);
      const built = await buildTool(session, tool, platform);
      if (!built.ok) return built;
    }
    if (one === image || (await layersOf(session, one, platform)).ok) continue;
    noteMissing(session, one.name);
    const built = await buildParent(session, one, platform);
    if (!built.ok) return built;
  }
  return ok(undefined);
}

/** Builds an image's parents, each after its own parent, and their tools, even if their outputs are there. */
export async function buildBelow(session: Session, image: Image, platform: Platform): Promise<Result<void>> {
  for (const one of chainOf(image)) {
    for (const tool of one.tools) {
      const built = await buildTool(session, tool, platform);
      if (!built.ok) return built;
    }
    const built = one === image ? ok(undefined) : await buildParent(session, one, platform);
    if (!built.ok) return built;
  }
  return ok(undefined);
}

async function buildTool(session: Session, tool: Tool, platform: Platform): Promise<Result<void>> {
  const file = await ensureTool(session, tool, platform);
  return file.ok ? writeToolOutput(session, tool, file.value) : file;
}

async function buildParent(session: Session, parent: Image, platform: Platform): Promise<Result<void>> {
  const made = await makeImage(session, parent, platform, 'paths');
  return made.ok ? writeImageOutputs(session, parent, platform, made.value) : made;
}

function noteMissing({ context }: Session, name: string): void {
  context.progress.note(`${name}: its outputs are not in dist/, building them`);
}

/**
 * Writes the outputs of an image's build: what its children read, the paths and contents of its own layers, its SBOMs,
 * and its digests.
 */
export async function writeImageOutputs(
  session: Session,
  image: Image,
  platform: Platform,
  made: MadeImage,
): Promise<Result<void>> {
  const { root, store } = session;
  const { inheritance, digests } = made;
  const folder = outputFolder(root, image, platform);
  const own = ownLayers(image, inheritance.layers).map(({ diffId }) => diffId);
  const paths = await writePathsFile(store, folder, own);
  if (!paths.ok) return paths;
  const sboms = await writeSboms(session, { image, platform }, made);
  if (!sboms.ok) return sboms;
  const contents = await writeFacts('contents', store, folder, own);
  if (!contents.ok) return contents;
  const layers = await writeOutput(folder, 'layers.json', inheritance);
  return layers.ok ? writeOutput(folder, 'digest.json', digests) : layers;
}
