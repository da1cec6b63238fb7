import {
  ok,
  type Digest,
  type Json,
  type KnownBuild,
  type Platform,
  type Result,
  type Since,
} from '@image-tooling/model';
import { definitionsIn } from '../../definitions-only';
import { withCommitDefinitions } from '../../git/commit-definitions';
import { commonCommit } from '../../git/commit-files';
import type { Session } from '../../session';
import { findProject } from '../../workspace/load';
import { planAll } from './walk';

/** The builds that a commit's definitions and locks give. */
export interface CommitBuilds {
  readonly since: Since;
  /** By the name of image or tool. */
  readonly builds: ReadonlyMap<string, KnownBuild>;
}

/**
 * Plans a project as a commit has it: where HEAD left that branch. A build is a function of the commit, so this is what
 * any machine built there. Builds, fetches and checks out nothing. No builds: the commit has no such project. Fails with
 * `unknown-reference` if git does not know the name, and as planning does.
 */
export async function buildsSince(
  session: Session,
  name: string,
  platform: Platform,
  ref: string,
): Promise<Result<CommitBuilds>> {
  const { root, env, context, options } = session;
  const place = { root, env, signal: context.signal };
  const commit = await commonCommit(place, ref);
  if (!commit.ok) return commit;
  const builds = await withCommitDefinitions(place, commit.value, options, (folder) =>
    plannedIn(folder, session, { name, platform }),
  );
  return builds.ok ? ok({ since: { ref, commit: commit.value }, builds: builds.value }) : builds;
}

async function plannedIn(
  root: string,
  session: Session,
  { name, platform }: { readonly name: string; readonly platform: Platform },
): Promise<Result<Map<string, KnownBuild>>> {
  const builds = new Map<string, KnownBuild>();
  const planner = await definitionsIn(root, session);
  if (!planner.ok) return planner;
  const workspace = await planner.value.workspaceFor(name);
  if (!workspace.ok) return workspace;
  const project = findProject(workspace.value, name);
  if (!project.ok) return ok(builds);
  const planned = await planAll(planner.value, project.value, platform, ({ project: one, build }) => {
    builds.set(one.kind === 'image' ? one.image.name : one.tool.name, build);
    return Promise.resolve(ok(undefined));
  });
  return planned.ok ? ok(builds) : planned;
}

/** Returns the inputs of all layers by build id. */
export function inputsOf({ builds }: CommitBuilds): Map<Digest, Json> {
  const layers = [...builds.values()].flatMap((build) => build.layers);
  return new Map(
    layers.flatMap(({ buildId, inputs }) => (inputs === undefined ? [] : [[buildId, inputs] as const])),
  );
}
