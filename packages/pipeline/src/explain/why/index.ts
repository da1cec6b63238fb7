import {
  chainOf,
  checkLocks,
  checkToolLock,
  EXPLAIN_VERSION,
  failWith,
  ok,
  whyProject,
  type Digest,
  type Image,
  type KnownBuild,
  type LayerFile,
  type LayersFile,
  type Platform,
  type ProjectWhy,
  type Result,
  type Tool,
  type Why,
} from '@image-tooling/model';
import type { Session } from '../../session';
import type { Project } from '../../workspace/load';
import { imageAfter, toolAfter, type KnownInputs } from './after';
import { imageBefore, toolBefore } from './before';

/**
 * Plans an image and its ancestors and tools, or a tool, from the current definitions and locks, and compares
 * each with its last build. Builds and fetches nothing.
 */
export async function explainWhy(session: Session, project: Project, platform: Platform): Promise<Why> {
  const walk = new Walk(session, platform);
  const ended =
    project.kind === 'image' ? await walk.images(project.image) : await walk.lockedTool(project.tool);
  const { name } = project.kind === 'image' ? project.image : project.tool;
  return {
    explainVersion: EXPLAIN_VERSION,
    explains: 'why',
    name,
    platform,
    projects: walk.projects,
    blockedBy: ended.ok ? [] : ended.failures,
  };
}

/** Bottom up, since lower images decide upper ones. */
class Walk {
  readonly projects: ProjectWhy[] = [];
  private readonly known: KnownInputs = new Map();

  constructor(
    private readonly session: Session,
    private readonly platform: Platform,
  ) {}

  async images(top: Image): Promise<Result<unknown>> {
    const locks = checkLocks([top], this.session.toolSource);
    if (!locks.ok) return locks;
    let parent: LayersFile | undefined;
    for (const image of chainOf(top)) {
      const made = await this.image(image, parent);
      if (!made.ok) return made;
      parent = made.value;
    }
    return ok(parent);
  }

  async lockedTool(tool: Tool): Promise<Result<LayerFile>> {
    const failures = checkToolLock(tool, [this.platform], this.session.toolSource);
    return failures.length > 0 ? failWith(failures) : this.tool(tool);
  }

  async tool(tool: Tool): Promise<Result<LayerFile>> {
    const { session, platform, known } = this;
    const after = await toolAfter(session, tool, platform, known);
    if (!after.ok) return after;
    await this.compare(tool.name, 'tool', await toolBefore(session, tool, platform), after.value.build);
    return ok(after.value.file);
  }

  private async image(image: Image, parent: LayersFile | undefined): Promise<Result<LayersFile>> {
    const { session, platform, known } = this;
    const tools: LayerFile[] = [];
    for (const tool of image.tools) {
      const made = await this.tool(tool);
      if (!made.ok) return made;
      tools.push(made.value);
    }
    const after = await imageAfter(session, image, platform, { parent, tools, known });
    if (!after.ok) return after;
    const before = await imageBefore(session, image, platform);
    if (!before.ok) return before;
    await this.compare(image.name, 'image', before.value, after.value.build);
    return ok(after.value.file);
  }

  private async compare(
    name: string,
    project: ProjectWhy['project'],
    before: KnownBuild | undefined,
    after: KnownBuild,
  ): Promise<void> {
    const ids = after.layers.map(({ buildId }) => buildId);
    const stored = new Set<Digest>();
    for (const id of ids) if (await this.session.store.getBuild(id)) stored.add(id);
    this.projects.push(whyProject({ name, project, before, after: likeBefore(after, before), stored }));
  }
}

/** Without the config of the last build its help layer is unknown: then neither is compared. */
function likeBefore(after: KnownBuild, before: KnownBuild | undefined): KnownBuild {
  if (!before || before.config !== undefined) return after;
  return { ...after, layers: after.layers.filter(({ kind }) => kind !== 'help') };
}
