import {
  chainOf,
  checkLocks,
  checkToolLock,
  failWith,
  ok,
  type Image,
  type KnownBuild,
  type LayerFile,
  type LayersFile,
  type Platform,
  type Result,
  type Tool,
} from '@image-tooling/model';
import type { Session } from '../../session';
import type { Project } from '../../workspace/load';
import { imageAfter, toolAfter, type KnownInputs } from './after';

/** What a build of a project would be now. */
export interface Planned {
  readonly project: Project;
  readonly build: KnownBuild;
}

/**
 * Plans a project and all that it is made of, bottom up, since lower images decide upper ones. Builds and fetches
 * nothing. Fails with the first mistake that keeps something from being planned, and as `each` does.
 */
export async function planAll(
  session: Session,
  project: Project,
  platform: Platform,
  each: (planned: Planned) => Promise<Result<void>>,
): Promise<Result<void>> {
  const walk = new Walk(session, platform, each);
  const ended =
    project.kind === 'image' ? await walk.images(project.image) : await walk.lockedTool(project.tool);
  return ended.ok ? ok(undefined) : ended;
}

class Walk {
  private readonly known: KnownInputs = new Map();

  constructor(
    private readonly session: Session,
    private readonly platform: Platform,
    private readonly each: (planned: Planned) => Promise<Result<void>>,
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

  private async tool(tool: Tool): Promise<Result<LayerFile>> {
    const after = await toolAfter(this.session, tool, this.platform, this.known);
    if (!after.ok) return after;
    const told = await this.each({ project: { kind: 'tool', tool }, build: after.value.build });
    return told.ok ? ok(after.value.file) : told;
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
    const told = await this.each({ project: { kind: 'image', image }, build: after.value.build });
    return told.ok ? ok(after.value.file) : told;
  }
}
