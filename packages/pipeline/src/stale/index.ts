import {
  chainOf,
  checkImageLock,
  failWith,
  lockedPackages,
  ok,
  type Failure,
  type Image,
  type Result,
  type Workspace,
} from '@image-tooling/model';
import { archiveOnce, type ArchiveOf } from '../archives/archive-state';
import { debianReleaseOf } from '../debian-release';
import type { Session } from '../session';
import { withoutRepetition } from '../unique-failures';
import { findProject, loadWorkspace } from '../workspace/load';
import { stalePackages } from './packages';
import { staleParents } from './parents';
import type { StaleBelow, StaleImage, StalePackage, StaleReport } from './types';

/**
 * Compares the locks of images, and of those below them, with the current archive, the workspace and the registries of
 * their bases. Builds and writes nothing.
 *
 * @param names of images; empty: all. Fails with `unknown-reference`, with `lock-missing` for images that are not
 * locked, and as the archive and registries do.
 */
export async function findStale(session: Session, names: readonly string[]): Promise<Result<StaleReport>> {
  const workspace = await loadWorkspace(session.root, session.options);
  if (!workspace.ok) return workspace;
  const chosen = chosenImages(workspace.value, names);
  if (!chosen.ok) return chosen;
  const wanted = withAncestors(workspace.value, chosen.value);
  const archiveOf = archiveOnce(session, wanted);
  const found = new Map<string, StaleImage>();
  const failures: Failure[] = [];
  for (const image of wanted) {
    const one = await staleImage(session, image, { archiveOf, found });
    if (one.ok) found.set(image.name, one.value);
    else failures.push(...one.failures);
  }
  if (failures.length > 0) return failWith(withoutRepetition(failures));
  const images = chosen.value.flatMap(({ name }) => found.get(name) ?? []);
  const time = await archiveTime(wanted, archiveOf);
  return ok({ images, ...(time !== undefined && { archiveTime: time }) });
}

function chosenImages(workspace: Workspace, names: readonly string[]): Result<Image[]> {
  const failures: Failure[] = [];
  for (const name of names) {
    const project = findProject(workspace, name);
    if (!project.ok) failures.push(...project.failures);
    else if (project.value.kind === 'tool') failures.push(notAnImage(name));
  }
  if (failures.length > 0) return failWith(failures);
  const all = [...workspace.images.values()];
  return ok(names.length === 0 ? all : all.filter(({ name }) => names.includes(name)));
}

function notAnImage(name: string): Failure {
  return {
    code: 'usage',
    message: `"${name}" is a tool: "stale" is about images.`,
    hint: `For newer versions of tools: image-tooling update ${name} --dry-run`,
  };
}

function withAncestors({ images }: Workspace, chosen: readonly Image[]): Image[] {
  const names = new Set(chosen.flatMap((image) => chainOf(image).map(({ name }) => name)));
  return [...images.values()].filter(({ name }) => names.has(name));
}

interface Searched {
  readonly archiveOf: ArchiveOf;
  /** Of images below. */
  readonly found: ReadonlyMap<string, StaleImage>;
}

async function staleImage(
  session: Session,
  image: Image,
  { archiveOf, found }: Searched,
): Promise<Result<StaleImage>> {
  if (!image.lock) return failWith(checkImageLock(image));
  const packages = await packagesOf(image, archiveOf);
  if (!packages.ok) return packages;
  const parents = await staleParents(session, image);
  if (!parents.ok) return parents;
  const below = chainOf(image).slice(0, -1).reverse();
  return ok({
    name: image.name,
    packages: packages.value,
    parents: parents.value,
    below: below.flatMap(({ name }) => belowOf(found.get(name))),
  });
}

async function packagesOf(image: Image, archiveOf: ArchiveOf): Promise<Result<StalePackage[]>> {
  const codename = debianReleaseOf(image);
  if (codename === undefined || !installsPackages(image)) return ok([]);
  const state = await archiveOf(codename);
  return state.ok ? ok(stalePackages(image, state.value)) : state;
}

function installsPackages({ lock }: Image): boolean {
  return Object.values(lock?.value.platforms ?? {}).some((one) => lockedPackages(one).length > 0);
}

function belowOf(below: StaleImage | undefined): StaleBelow[] {
  if (!below || below.packages.length + below.parents.length === 0) return [];
  const { name: image, packages, parents } = below;
  const security = packages.filter((one) => one.security).length;
  return [{ image, packages: packages.length, security, parents: parents.length }];
}

async function archiveTime(images: readonly Image[], archiveOf: ArchiveOf): Promise<number | undefined> {
  const image = images.find((one) => debianReleaseOf(one) !== undefined && installsPackages(one));
  const state = image && (await archiveOf(debianReleaseOf(image)!));
  return state?.ok ? state.value.time : undefined;
}
