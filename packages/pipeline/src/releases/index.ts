import { caughtResult, mapConcurrent } from '@image-tooling/host';
import {
  chainOf,
  failWith,
  imageVersion,
  ok,
  type Failed,
  type Image,
  type ImageVersion,
  type Result,
} from '@image-tooling/model';
import { imagesOf } from '../build/recorded';
import type { Session } from '../session';
import { withoutRepetition } from '../unique-failures';
import { CommitWorkspaces } from './commit-workspaces';
import { convergeImage, type ConvergeImage } from './converge-image';
import { imageHistory } from './history';
import { readMainBranch, type MainBranch } from './main-branch';
import type { Converged, ConvergedImage, ConvergeRequest } from './request';
import { upToDate } from './up-to-date';

export type { Converged, ConvergedImage, ConvergedRelease, ConvergeRequest } from './request';

/**
 * Compares each image with the registry and git, and does what is missing for the checked-out commit of main: publishes
 * it, and releases its version. Looks at no range of commits, so a run that was dropped, killed or repeated loses
 * nothing, and a run of an older commit moves nothing back. An image that fails is in `failures`. Fails if nothing can be
 * done: on another branch, in a shallow clone, with wrong definitions.
 */
export async function converge(
  session: Session,
  { names, dryRun }: ConvergeRequest,
): Promise<Result<Converged>> {
  const main = await readMainBranch(session);
  if (!main.ok) return main;
  const images = await releasedImages(session, names);
  if (!images.ok) return images;
  const versions = await versionsOf(session, main.value, images.value);
  if (!versions.ok) return versions;
  const wanted = images.value.map((image): ConvergeImage => {
    return { image, main: main.value, version: versions.value.get(image.name), dryRun };
  });
  const asked = await mapConcurrent(wanted, (one) => upToDate(session, one), AT_ONCE);
  const done: Result<ConvergedImage>[] = [];
  // One at a time, parents first: children then mount layers that their parents have sent.
  for (const [at, one] of wanted.entries()) {
    const result = await convergeUnless(asked[at]!, session, one);
    if (isAborted(result)) return failWith(result.failures);
    done.push(result);
  }
  const failures = withoutRepetition(done.flatMap((one) => (one.ok ? [] : one.failures)));
  const converged = done.flatMap((one) => (one.ok ? [one.value] : []));
  return ok({ commit: main.value.commit, dryRun, images: converged, failures });
}

async function convergeUnless(
  present: Result<ConvergedImage | undefined>,
  session: Session,
  image: ConvergeImage,
): Promise<Result<ConvergedImage>> {
  if (!present.ok) return present;
  return present.value ? ok(present.value) : convergeImage(session, image);
}

/** Images whose registries are asked at once. */
const AT_ONCE = 8;

function isAborted(result: Result<unknown>): result is Failed {
  return !result.ok && result.failures.some(({ code }) => code === 'aborted');
}

/** Returns the versions that images have at the checked-out commit of main, by name. Fails as `converge` does. */
export async function imageVersions(
  session: Session,
  names: readonly string[],
): Promise<Result<ReadonlyMap<string, ImageVersion>>> {
  const main = await readMainBranch(session);
  if (!main.ok) return main;
  const images = await releasedImages(session, names);
  return images.ok ? versionsOf(session, main.value, images.value) : images;
}

async function versionsOf(
  session: Session,
  { line, remote }: MainBranch,
  images: readonly Image[],
): Promise<Result<ReadonlyMap<string, ImageVersion>>> {
  if (session.options.firstVersion === undefined) return ok(new Map());
  const step = session.context.progress.step('versions from the history of main');
  const workspaces = new CommitWorkspaces(session);
  const read = await caughtResult('the history of main', async () => {
    const versions = new Map<string, ImageVersion>();
    for (const { name } of images) {
      const version = await imageVersion(imageHistory(name, line, workspaces, remote.refs));
      if (version) versions.set(name, version);
    }
    return ok(versions);
  });
  await workspaces.close();
  if (read.ok) step.done({ origin: 'ran' });
  else step.failed();
  return read;
}

/** Parents first. */
async function releasedImages(session: Session, names: readonly string[]): Promise<Result<Image[]>> {
  const images = await imagesOf(session, names, RELEASE);
  return images.ok ? ok(images.value.sort(parentsFirst)) : images;
}

const RELEASE = { verb: 'release', notForTools: 'it is released in the images that have it' };

function parentsFirst(a: Image, b: Image): number {
  return chainOf(a).length - chainOf(b).length || (a.name < b.name ? -1 : 1);
}
