import { all, fail, failWith, ok, type Image, type Platform, type Result } from '@image-tooling/model';
import type { Session } from '../session';
import { withoutRepetition } from '../unique-failures';
import { findProject, loadWorkspace } from '../workspace/load';
import { outputFolder, readDigestFile } from '../workspace/outputs';
import { ensureBelow } from './below';
import type { Need } from './ensure-layers';
import { makeImage, type MadeImage } from './image';
import type { ImageOnPlatform } from './layer-owner';

/** Words for messages about an action on a built image. */
export interface Use {
  /** "load", "test" */
  readonly verb: string;
  /** Why the action is not for tools. */
  readonly notForTools: string;
}

/** An image and the result of its build. */
export interface RecordedImage {
  readonly image: Image;
  readonly made: MadeImage;
}

/**
 * Returns an image as its build recorded it, with all its blobs in the store. Pulls what the store lacks from the
 * staging repository or the published images, or builds it again; the digest must be the same.
 * Fails with `usage` for a tool, with `not-reproducible`, and as building does.
 */
export async function recordedImage(
  session: Session,
  name: string,
  platform: Platform,
  use: Use,
): Promise<Result<RecordedImage>> {
  const image = await imageOf(session, name, use);
  if (!image.ok) return image;
  const made = await madeAsRecorded(session, { image: image.value, platform }, use);
  return made.ok ? ok({ image: image.value, made: made.value }) : made;
}

/**
 * Returns a recorded image as `recordedImage` does, for an image that was already read. With the need `paths`, blobs of
 * its recorded layers may be missing.
 */
export async function madeAsRecorded(
  session: Session,
  { image, platform }: ImageOnPlatform,
  use: Use,
  need: Need = 'blobs',
): Promise<Result<MadeImage>> {
  const below = await ensureBelow(session, image, platform);
  if (!below.ok) return below;
  const made = await makeImage(session, image, platform, need);
  if (!made.ok) return made;
  const output = outputFolder(session.root, image, platform);
  const recorded = await checkRecorded({ image, made: made.value }, output, use);
  return recorded.ok ? made : recorded;
}

/**
 * Returns the image of a name. Fails with `usage` for a tool, with `unknown-reference`, and with every
 * mistake of every file.
 */
export async function imageOf(session: Session, name: string, { notForTools }: Use): Promise<Result<Image>> {
  const workspace = await session.workspaceFor(name);
  if (!workspace.ok) return workspace;
  const project = findProject(workspace.value, name);
  if (!project.ok) return project;
  if (project.value.kind === 'image') return ok(project.value.image);
  return fail({
    code: 'usage',
    message: `"${name}" is a tool; ${notForTools}.`,
    hint: 'Name an image that has the tool.',
  });
}

/** Returns the images of names, or all of the workspace by name if none is given. Fails as `imageOf` does for each. */
export async function imagesOf(
  session: Session,
  names: readonly string[],
  use: Use,
): Promise<Result<Image[]>> {
  if (names.length === 0) {
    const workspace = await loadWorkspace(session.root, session.options);
    return workspace.ok ? ok([...workspace.value.images.values()].sort(byName)) : workspace;
  }
  const found = all(await Promise.all([...new Set(names)].map((name) => imageOf(session, name, use))));
  return found.ok ? found : failWith(withoutRepetition(found.failures));
}

function byName(a: Image, b: Image): number {
  return a.name < b.name ? -1 : 1;
}

/**
 * Checks that the image has the digest that its build recorded in digest.json, which Nx may have restored.
 */
async function checkRecorded(
  { image, made }: RecordedImage,
  output: string,
  { verb }: Use,
): Promise<Result<void>> {
  const recorded = await readDigestFile(output);
  if (!recorded || recorded.manifest === made.digests.manifest) return ok(undefined);
  return fail({
    code: 'not-reproducible',
    message: `"${image.name}" was rebuilt, and differs from the recorded digest.`,
    hint: `Run "npx nx run ${image.name}:build --skip-nx-cache", then ${verb} again.`,
    details: [`recorded ${recorded.manifest}`, `now      ${made.digests.manifest}`],
  });
}
