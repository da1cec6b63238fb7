import { ok, readWorkspace, withToolVersion, type Result, type Workspace } from '@image-tooling/model';
import type { Session } from '../session';
import { workspaceFiles } from '../workspace/load';

/** A workspace as it is with another version of a tool, and the tool.json with it; nothing is written. */
export interface Reversioned {
  readonly workspace: Workspace;
  readonly definition: string;
}

/** Returns the workspace with another version of a tool. Fails as `readWorkspace` does. */
export async function withVersion(
  { root, options }: Session,
  name: string,
  version: string,
): Promise<Result<Reversioned>> {
  const files = await workspaceFiles(root, options);
  const path = `${options.toolsDir}/${name}/tool.json`;
  const definition = withToolVersion(files.tools.find(({ file }) => file === path)?.text ?? '', version);
  const tools = files.tools.map((one) => (one.file === path ? { ...one, text: definition } : one));
  const workspace = readWorkspace({ ...files, tools });
  return workspace.ok ? ok({ workspace: workspace.value, definition }) : workspace;
}
