import {
  explainTool,
  ok,
  type Platform,
  type Result,
  type Tool,
  type ToolExplanation,
  type Workspace,
} from '@image-tooling/model';
import { layerOf } from '../../build/read-plan';
import type { Session } from '../../session';
import { recordedLayer } from './recorded';
import { workspaceImages } from './workspace-images';

/** Explains the last build of a tool. Fails with `unknown-reference` if it was not built. */
export async function explainRecordedTool(
  session: Session,
  workspace: Workspace,
  tool: Tool,
  platform: Platform,
): Promise<Result<ToolExplanation>> {
  const built = await layerOf(session, tool, platform);
  if (!built.ok) return built;
  const { version, source, description } = built.value.tool;
  return ok(
    explainTool({
      name: tool.name,
      description,
      platform,
      version,
      source,
      layer: await recordedLayer(session.store, built.value.layer),
      ...(tool.lock && { lock: tool.lock.value }),
      images: await workspaceImages(session, workspace, platform),
    }),
  );
}
