import { chainOf, ok, type Image, type Platform, type Result, type Tool } from '@image-tooling/model';
import type { Session } from '../session';
import { makeImage } from './image';
import { writeImageOutputs } from './image-outputs';
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
  return made.ok ? writeImageOutputs(session, { image: parent, platform }, made.value) : made;
}

function noteMissing({ context }: Session, name: string): void {
  context.progress.note(`${name}: its outputs are not in dist/, building them`);
}
