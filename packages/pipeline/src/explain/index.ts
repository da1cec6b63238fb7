import {
  fail,
  type ImageExplanation,
  type PathExplanation,
  type Platform,
  type Result,
  type ToolExplanation,
  type Why,
} from '@image-tooling/model';
import type { Session } from '../session';
import { findProject, loadWorkspace } from '../workspace/load';
import { explainRecordedImage } from './contents/image';
import { explainPath } from './path';
import { explainRecordedTool } from './contents/tool';
import { explainWhy } from './why';

export interface ExplainRequest {
  /** An image or a tool. */
  readonly name: string;
  readonly platform: Platform;
  /** Explain what a build would do now, instead of the last build. */
  readonly why: boolean;
  /** With `why`: compare with this branch, tag or commit, instead of the last build here. */
  readonly since?: string;
  /** Explain where this path comes from, instead of the layers. */
  readonly file?: string;
}

export type Explanation = ImageExplanation | ToolExplanation | PathExplanation | Why;

/**
 * Explains an image or a tool from its outputs, definition, locks and the store, without engine or network.
 * Fails with `usage`, with `unknown-reference` if it was not built or has no such path, with `store-corrupt`,
 * and with every mistake of every definition.
 */
export async function explainProject(
  session: Session,
  request: ExplainRequest,
): Promise<Result<Explanation>> {
  const { name, platform, why, file, since } = request;
  if (why && file !== undefined)
    return fail({
      code: 'usage',
      message: '--why and --file exclude each other.',
      hint: 'Use one of them.',
    });
  if (since !== undefined && !why)
    return fail({
      code: 'usage',
      message: '--since is for --why only.',
      hint: `Write: image-tooling explain ${name} --why --since ${since}`,
    });
  const workspace = await loadWorkspace(session.root, session.options);
  if (!workspace.ok) return workspace;
  const project = findProject(workspace.value, name);
  if (!project.ok) return project;
  if (why) return explainWhy(session, project.value, platform, since);
  if (file !== undefined)
    return explainPath(session, workspace.value, { project: project.value, platform, path: file });
  return project.value.kind === 'image'
    ? explainRecordedImage(session, workspace.value, project.value.image, platform)
    : explainRecordedTool(session, workspace.value, project.value.tool, platform);
}
