import {
  checkLocks,
  checkToolLock,
  ok,
  parseWorkspaceOptions,
  shownByFile,
  type Failure,
  type Result,
  type RunContext,
  type Workspace,
  type WorkspaceOptions,
} from '@image-tooling/model';
import { scanPolicyMistakes } from '../scan-policy';
import { toolSourceOf } from '../tool-source';
import { withoutRepetition } from '../unique-failures';
import { loadOptions, workspaceFiles } from '../workspace/load';
import { foreseenCollisions } from './collisions';
import type { DefinitionsSession } from '../definitions-only';
import { unreadFolders } from './folders';
import { foresee } from './foresee';
import { folderOf, foldersOf, soundPart } from './sound-part';

export interface CheckRequest {
  /** Absolute path of the workspace. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly context: RunContext;
}

export interface CheckedWorkspace {
  readonly images: number;
  readonly tools: number;
  /** Every mistake of every file, as builds would report it. */
  readonly failures: readonly Failure[];
}

/**
 * Checks all definitions, locks and files of a workspace: everything that a build of any image and platform
 * would refuse before it fetches or runs anything. Needs no engine, network or store. Fails with `usage` if
 * there is no workspace.
 */
export async function checkAll(request: CheckRequest): Promise<Result<CheckedWorkspace>> {
  const { root, env } = request;
  const options = await loadOptions(root);
  if (!options.ok && options.failures[0].code === 'usage') return options;
  const usable = options.ok ? options.value : defaultOptions();
  const toolSource = toolSourceOf(usable, env);
  if (!toolSource.ok) return toolSource;
  const files = await workspaceFiles(root, usable);
  const failures = await mistakes({ ...request, options: usable, toolSource: toolSource.value }, files);
  const folders = options.ok ? await unreadFolders(root, options.value) : [];
  const policies = await scanPolicyMistakes(
    root,
    files.images.map(({ file }) => folderOf(file)),
  );
  const all = shownByFile([...(options.ok ? [] : options.failures), ...folders, ...failures, ...policies]);
  return ok({ images: files.images.length, tools: files.tools.length, failures: withoutRepetition(all) });
}

async function mistakes(
  session: DefinitionsSession,
  files: Parameters<typeof soundPart>[0],
): Promise<Failure[]> {
  const { workspace, failures } = soundPart(files);
  const locks = lockMistakes(session, workspace);
  const plans = await foresee(session, workspace, foldersOf(locks));
  const collisions = await foreseenCollisions(session, workspace);
  return [...failures, ...locks, ...plans.failures, ...collisions];
}

/** Checks locks of images with their tools, and of tools whose images can't be read, without platforms. */
function lockMistakes({ toolSource }: DefinitionsSession, { images, tools }: Workspace): Failure[] {
  const checked = checkLocks(images.values(), toolSource);
  const others = [...tools.values()].flatMap((tool) => checkToolLock(tool, [], toolSource));
  return withoutRepetition([...(checked.ok ? [] : checked.failures), ...others]);
}

function defaultOptions(): WorkspaceOptions {
  const none = parseWorkspaceOptions('nx.json', '{}', '');
  if (!none.ok) throw new Error('the default options were refused');
  return none.value;
}
