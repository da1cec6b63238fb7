import {
  EXPLAIN_VERSION,
  ok,
  whyProject,
  type Digest,
  type Json,
  type KnownBuild,
  type KnownLayer,
  type Platform,
  type ProjectWhy,
  type Result,
  type Why,
} from '@image-tooling/model';
import type { Session } from '../../session';
import type { Project } from '../../workspace/load';
import { buildsSince, inputsOf, type CommitBuilds } from './at-commit';
import { imageBefore, toolBefore } from './before';
import { planAll, type Planned } from './walk';

/**
 * Plans an image and its ancestors and tools, or a tool, from the current definitions and locks, and compares each with
 * its last build here, or with what a commit gives. Builds and fetches nothing. Fails if that commit can't be planned.
 *
 * @param since a branch, tag or commit. Undefined: the last build here, or the main branch if it was not built here
 */
export async function explainWhy(
  session: Session,
  project: Project,
  platform: Platform,
  since: string | undefined,
): Promise<Result<Why>> {
  const { name } = project.kind === 'image' ? project.image : project.tool;
  const main = new MainBranch(session, name, platform);
  const base = await comparedWith(session, project, { platform, since, main });
  if (!base.ok) return base;
  const projects: ProjectWhy[] = [];
  const ended = await planAll(session, project, platform, async (planned) => {
    const before = await beforeOf(session, planned.project, platform, base.value);
    if (!before.ok) return before;
    const known = base.value ? before.value : await withMissingInputs(before.value, main);
    projects.push(await compared(session, planned, known));
    return ok(undefined);
  });
  return ok({
    explainVersion: EXPLAIN_VERSION,
    explains: 'why',
    name,
    platform,
    ...(base.value && { since: base.value.since }),
    projects,
    blockedBy: ended.ok ? [] : ended.failures,
  });
}

interface Comparison {
  readonly platform: Platform;
  readonly since: string | undefined;
  readonly main: MainBranch;
}

/** Returns the commit to compare with; undefined: the last build here. */
async function comparedWith(
  session: Session,
  project: Project,
  { platform, since, main }: Comparison,
): Promise<Result<CommitBuilds | undefined>> {
  const { name } = project.kind === 'image' ? project.image : project.tool;
  if (since !== undefined) return buildsSince(session, name, platform, since);
  const last = await lastBuild(session, project, platform);
  return last.ok ? ok(last.value ? undefined : await main.builds()) : last;
}

/** The builds of the main branch, planned once, if they are needed and git has the branch. */
class MainBranch {
  private planned: Promise<CommitBuilds | undefined> | undefined;

  constructor(
    private readonly session: Session,
    private readonly name: string,
    private readonly platform: Platform,
  ) {}

  builds(): Promise<CommitBuilds | undefined> {
    return (this.planned ??= this.plan());
  }

  /** The remote's is the one that CI built. */
  private async plan(): Promise<CommitBuilds | undefined> {
    const { mainBranch } = this.session.options;
    for (const ref of [`origin/${mainBranch}`, mainBranch]) {
      const found = await buildsSince(this.session, this.name, this.platform, ref);
      if (found.ok) return found.value.builds.size > 0 ? found.value : undefined;
    }
    return undefined;
  }
}

function lastBuild(
  session: Session,
  project: Project,
  platform: Platform,
): Promise<Result<KnownBuild | undefined>> {
  return project.kind === 'image'
    ? imageBefore(session, project.image, platform)
    : toolBefore(session, project.tool, platform).then(ok);
}

async function beforeOf(
  session: Session,
  project: Project,
  platform: Platform,
  base: CommitBuilds | undefined,
): Promise<Result<KnownBuild | undefined>> {
  if (!base) return lastBuild(session, project, platform);
  return ok(base.builds.get(project.kind === 'image' ? project.image.name : project.tool.name));
}

/** Adds inputs that the store lacks, since another machine built it: those of the main branch, by build id. */
async function withMissingInputs(
  build: KnownBuild | undefined,
  main: MainBranch,
): Promise<KnownBuild | undefined> {
  if (!build || build.layers.every(({ inputs }) => inputs !== undefined)) return build;
  const found = await main.builds();
  const known: ReadonlyMap<Digest, Json> = found ? inputsOf(found) : new Map();
  return { ...build, layers: build.layers.map((layer) => withInputs(layer, known)) };
}

function withInputs(layer: KnownLayer, known: ReadonlyMap<Digest, Json>): KnownLayer {
  const inputs = layer.inputs ?? known.get(layer.buildId);
  return inputs === undefined ? layer : { ...layer, inputs };
}

async function compared(
  session: Session,
  { project, build }: Planned,
  before: KnownBuild | undefined,
): Promise<ProjectWhy> {
  const stored = new Set<Digest>();
  for (const { buildId } of build.layers) if (await session.store.getBuild(buildId)) stored.add(buildId);
  return whyProject({
    name: project.kind === 'image' ? project.image.name : project.tool.name,
    project: project.kind,
    before,
    after: likeBefore(build, before),
    stored,
  });
}

/** Without the config of the last build its help layer is unknown: then neither is compared. */
function likeBefore(after: KnownBuild, before: KnownBuild | undefined): KnownBuild {
  if (!before || before.config !== undefined) return after;
  return { ...after, layers: after.layers.filter(({ kind }) => kind !== 'help') };
}
