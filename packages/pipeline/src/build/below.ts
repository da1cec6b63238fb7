import { join } from 'node:path';
import { chainOf, ok, type Image, type Platform, type Result } from '@image-tooling/model';
import type { Session } from '../session';
import { outputFolder, writeOutput } from '../workspace/outputs';
import { makeImage, type MadeImage } from './image';
import { layerOf, layersOf } from './read-plan';
import { ensureTool } from './tool';
import { writeToolOutput } from './tool/output';

/**
 * Makes the outputs of an image's parents and tools where they are not there: Nx may take a task from its cache and
 * restore nothing (nrwl/nx#37110). Fails as building them does.
 */
export async function ensureBelow(session: Session, image: Image, platform: Platform): Promise<Result<void>> {
  for (const one of chainOf(image)) {
    const tools = await ensureTools(session, one, platform);
    if (!tools.ok) return tools;
    if (one === image || (await layersOf(session, one, platform)).ok) continue;
    noteMissing(session, one.name);
    const made = await makeImage(session, one, platform);
    const written = made.ok ? await writeImageOutputs(session, one, platform, made.value) : made;
    if (!written.ok) return written;
  }
  return ok(undefined);
}

async function ensureTools(session: Session, { tools }: Image, platform: Platform): Promise<Result<void>> {
  for (const tool of tools) {
    if ((await layerOf(session, tool, platform)).ok) continue;
    noteMissing(session, tool.name);
    const file = await ensureTool(session, tool, platform);
    const written = file.ok ? await writeToolOutput(session, tool, file.value) : file;
    if (!written.ok) return written;
  }
  return ok(undefined);
}

function noteMissing({ context }: Session, name: string): void {
  context.progress.note(`${name}: its outputs are not in dist/, so they are made here`);
}

/** Writes what an image's build leaves: what its children read, and its digests. */
export async function writeImageOutputs(
  { root }: Session,
  image: Image,
  platform: Platform,
  { inheritance, digests }: MadeImage,
): Promise<Result<void>> {
  const folder = outputFolder(join(root, image.folder), platform);
  const layers = await writeOutput(folder, 'layers.json', inheritance);
  return layers.ok ? writeOutput(folder, 'digest.json', digests) : layers;
}
