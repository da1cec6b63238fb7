import { discard } from '@image-tooling/host';
import {
  CONSTANT_TIME,
  FORMATS,
  layerBuildId,
  ok,
  type Json,
  type LayerFile,
  type Platform,
  type Result,
  type Tool,
  type ToolEntry,
  type WantedLayer,
} from '@image-tooling/model';
import { missingParents } from '@image-tooling/layer';
import type { Session } from '../../session';
import { builtLayer } from '../layers/built-layer';
import { ensureLayer, noteMissing, type MadeLayer } from '../layers/ensure-layer';
import { recordedTool } from '../layers/recorded-layers';
import { fromElsewhere, fromOutput } from './output';
import type { ToolRecipe } from './recipe';
import { recipeOf } from './recipes';

/**
 * Returns a tool's layer for one platform: from the store, the tool's outputs, a remote cache or staging, or built from
 * its source.
 */
export async function ensureTool(
  session: Session,
  tool: Tool,
  platform: Platform,
): Promise<Result<LayerFile>> {
  const recipe = await recipeOf(session, tool, platform);
  if (!recipe.ok) return recipe;
  const wanted = wantedTool(session, tool, recipe.value);
  const replaced = await recordedTool(session, tool, platform);
  const wasBuilt = replaced === wanted.buildId;
  const make = async (): Promise<Result<MadeLayer>> => {
    const { buildId } = wanted;
    const restored =
      (await fromOutput(session, tool, platform, buildId)) ??
      (await fromElsewhere(session, tool, platform, buildId));
    if (restored) return restored;
    if (wasBuilt) noteMissing(session.context, wanted);
    return makeTool(session, tool, recipe.value);
  };
  const layer = await ensureLayer(session, wanted, make, wasBuilt ? undefined : replaced);
  if (!layer.ok) return layer;
  return ok({ layerVersion: 1, platform, layer: layer.value, tool: toolEntry(tool, recipe.value) });
}

/** Returns what images say of a tool. */
export function toolEntry({ name, definition }: Tool, { source, package: from }: ToolRecipe): ToolEntry {
  const { version, description, license, homepage } = definition;
  return { name, version, description, source, licence: license, homepage, package: from };
}

/** Returns the wanted layer of a tool, with its inputs. */
export function wantedTool({ options }: Session, { name }: Tool, recipe: ToolRecipe): WantedLayer {
  const { compression } = options;
  const inputs: Json = { kind: 'tool', format: FORMATS.tool, compression, name, source: recipe.inputs };
  return { kind: 'tool', owner: name, inputs, buildId: layerBuildId(inputs), time: CONSTANT_TIME };
}

async function makeTool(session: Session, { name }: Tool, recipe: ToolRecipe): Promise<Result<MadeLayer>> {
  const into = await session.store.tempDir(`tool-${name}`);
  if (!into.ok) return into;
  try {
    const own = await recipe.make(into.value);
    if (!own.ok) return own;
    const entries = [...own.value, ...missingParents(own.value, [], CONSTANT_TIME)];
    return await builtLayer(session, 'tool', entries);
  } finally {
    await discard(into.value);
  }
}
