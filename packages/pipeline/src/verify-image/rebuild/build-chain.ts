import {
  chainOf,
  checkLocks,
  type Image,
  type ImageRecipe,
  type Platform,
  type Result,
} from '@image-tooling/model';
import { makeImage, type MadeImage } from '../../build/image';
import { ensureTool } from '../../build/tool';
import type { Session } from '../../session';
import { outputFolder, writeOutput } from '../../workspace/outputs';

/**
 * Builds an image, its parents and its tools from their definitions, as far as the store has no layers of them. Writes
 * only outputs that builds of images read. Returns what the image is assembled from. Fails as building does.
 */
export async function buildChain(
  session: Session,
  image: Image,
  platform: Platform,
): Promise<Result<ImageRecipe>> {
  const locks = checkLocks([image], session.toolSource);
  if (!locks.ok) return locks;
  let made: MadeImage | undefined;
  for (const one of chainOf(image)) {
    const built = await buildOne(session, one, platform);
    if (!built.ok) return built;
    made = built.value;
  }
  if (!made) throw new Error(`${image.name} is not in its own chain`);
  return { ok: true, value: made.recipe };
}

async function buildOne(session: Session, image: Image, platform: Platform): Promise<Result<MadeImage>> {
  for (const tool of image.tools) {
    const file = await ensureTool(session, tool, platform);
    if (!file.ok) return file;
    const written = await writeOutput(outputFolder(session.root, tool, platform), 'layer.json', file.value);
    if (!written.ok) return written;
  }
  const made = await makeImage(session, image, platform, 'blobs');
  if (!made.ok) return made;
  const folder = outputFolder(session.root, image, platform);
  const written = await writeOutput(folder, 'layers.json', made.value.inheritance);
  return written.ok ? made : written;
}
