import {
  checkImageLock,
  checkToolLock,
  fail,
  ok,
  type Failure,
  type Result,
  type Tool,
  type Workspace,
} from '@image-tooling/model';
import type { Session } from '../session';
import { loadWorkspace } from '../workspace/load';

/** Locks a project by its name. */
export type LockOne = (name: string) => Promise<Result<unknown>>;

/**
 * Locks all tools and images whose lock is missing or stale, parents first. Returns their names. Fails with the failures
 * of all that could not be locked, after the others are locked.
 */
export async function lockStale(session: Session, lockOne: LockOne): Promise<Result<string[]>> {
  const names: string[] = [];
  const failures: Failure[] = [];
  const workspace = await loadWorkspace(session.root, session.options);
  if (!workspace.ok) return workspace;
  const { tools, images } = workspace.value;
  const stale = [...tools.values()].filter((tool) => isStaleTool(session, workspace.value, tool));
  for (const name of [...stale.map((tool) => tool.name), ...images.keys()]) {
    if (images.has(name) && !(await isStaleImage(session, name))) continue;
    const locked = await lockOne(name);
    if (locked.ok) names.push(name);
    else failures.push(...locked.failures);
  }
  const [first, ...rest] = failures;
  return first ? fail(first, ...rest) : ok(names);
}

/** Returns whether a tool's lock is unusable for the images that have the tool. */
export function isStaleTool(
  { toolSource }: Pick<Session, 'toolSource'>,
  { images }: Workspace,
  tool: Tool,
): boolean {
  const having = [...images.values()].filter(({ tools }) => tools.some(({ name }) => name === tool.name));
  const platforms = new Set(having.flatMap(({ definition }) => definition.platforms));
  return checkToolLock(tool, platforms, toolSource).length > 0;
}

/** A new lock of a parent makes those of its children stale, so each is looked at when it is its turn. */
async function isStaleImage({ root, options }: Session, name: string): Promise<boolean> {
  const workspace = await loadWorkspace(root, options);
  const image = workspace.ok ? workspace.value.images.get(name) : undefined;
  return image !== undefined && checkImageLock(image).length > 0;
}
