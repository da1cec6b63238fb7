import { checkLocks, differingNotes, ok, type Image, type Platform, type Result } from '@image-tooling/model';
import type { Session } from '../session';
import { findProject } from '../workspace/load';
import { differencesFromIndex, withoutPaths } from '../git/differences';
import { gitFacts } from '../git/facts';
import { buildBelow, ensureBelow } from './below';
import { makeImage, type MadeImage } from './image';
import { writeImageOutputs } from './image-outputs';
import { ensureTool } from './tool';
import { writeToolOutput } from './tool/output';

/** The result of a build, for its last lines. */
export type Built =
  | { readonly kind: 'tool'; readonly name: string; readonly digest: string; readonly size: number }
  | { readonly kind: 'image'; readonly name: string; readonly made: MadeImage };

export interface BuildOptions {
  /** Builds what an image is based on and its tools first, as Nx does with the targets' own dependencies. */
  readonly withParents?: boolean | undefined;
}

/**
 * Builds an image or a tool for one platform and writes its outputs. Fails with every mistake in its
 * definitions and locks.
 */
export async function buildProject(
  session: Session,
  name: string,
  platform: Platform,
  options: BuildOptions = {},
): Promise<Result<Built>> {
  const workspace = await session.workspaceFor(name);
  if (!workspace.ok) return workspace;
  const project = findProject(workspace.value, name);
  if (!project.ok) return project;
  if (project.value.kind === 'image') return buildImage(session, project.value.image, platform, options);
  const { tool } = project.value;
  const file = await ensureTool(session, tool, platform);
  if (!file.ok) return file;
  const written = await writeToolOutput(session, tool, file.value);
  const { digest, size } = file.value.layer;
  return written.ok ? ok({ kind: 'tool', name, digest, size }) : written;
}

async function buildImage(
  session: Session,
  image: Image,
  platform: Platform,
  { withParents = false }: BuildOptions,
): Promise<Result<Built>> {
  const locks = checkLocks([image], session.toolSource);
  if (!locks.ok) return locks;
  const below = await (withParents ? buildBelow : ensureBelow)(session, image, platform);
  if (!below.ok) return below;
  const made = await makeImage(session, image, platform, 'paths');
  if (!made.ok) return made;
  await noteDifferences(session, image);
  const written = await writeImageOutputs(session, { image, platform }, made.value);
  return written.ok ? ok({ kind: 'image', name: image.name, made: made.value }) : written;
}

/**
 * Warns about the image's files that a publish will refuse although they are not in git's status. Does
 * nothing for a workspace that is not in git.
 */
async function noteDifferences(
  { root, env, context }: Session,
  { name, folder, definition }: Image,
): Promise<void> {
  if (definition.files === undefined) return;
  const place = { root, env, signal: context.signal };
  const differing = await differencesFromIndex(place, [`${folder}/${definition.files}/`]);
  if (!differing.ok || differing.value.length === 0) return;
  const facts = await gitFacts(place);
  if (!facts.ok) return;
  const unnoticed = withoutPaths(differing.value, facts.value.uncommitted);
  differingNotes(name, unnoticed).forEach((line) => context.progress.note(line));
}
