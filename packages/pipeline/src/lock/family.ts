import {
  chainOf,
  fail,
  familyOf,
  isForOtherParent,
  ok,
  type Failure,
  type Image,
  type Result,
  type Workspace,
} from '@image-tooling/model';
import type { Session } from '../session';
import { loadWorkspace } from '../workspace/load';
import { archiveOnce } from '../archives/archive-state';
import { lockImage } from './image-lock';

/**
 * Locks an image and all images based on it, parents first, in one state of the archive. Returns the names of
 * the locked images. Fails with the failures of all that could not be locked; images based on those are
 * unchanged.
 */
export async function lockFamily(
  session: Session,
  { images }: Workspace,
  image: Image,
): Promise<Result<string[]>> {
  const family = familyOf(image, images);
  const archiveOf = archiveOnce(session, family);
  const failures: Failure[] = [];
  const failed = new Set<string>();
  for (const { name } of family) {
    const workspace = await loadWorkspace(session.root, session.options);
    if (!workspace.ok) return workspace;
    const member = workspace.value.images.get(name);
    if (!member || chainOf(member).some((below) => failed.has(below.name))) continue;
    const locked = await lockImage(session, workspace.value, member, archiveOf);
    if (locked.ok) continue;
    failures.push(...locked.failures);
    failed.add(name);
  }
  const [first, ...rest] = failures;
  return first ? fail(first, ...rest) : ok(family.map(({ name }) => name));
}

/** Locks one image. Fails as `lockImage` does. */
export async function lockOnly(
  session: Session,
  workspace: Workspace,
  image: Image,
): Promise<Result<string[]>> {
  const locked = await lockImage(session, workspace, image, archiveOnce(session, [image]));
  return locked.ok ? ok([image.name]) : locked;
}

/** Locks one image, and reports images based on it that must be locked again. Fails as `lockImage` does. */
export async function lockAlone(
  session: Session,
  workspace: Workspace,
  image: Image,
): Promise<Result<string[]>> {
  const locked = await lockOnly(session, workspace, image);
  if (!locked.ok) return locked;
  const after = await loadWorkspace(session.root, session.options);
  const stale = after.ok ? staleAbove(after.value, image) : [];
  if (stale.length > 0)
    session.context.progress.note(
      `Based on ${image.name}, which must be locked again: ${stale.join(', ')} (npx nx run ${image.name}:lock --family).`,
    );
  return locked;
}

function staleAbove({ images }: Workspace, image: Image): string[] {
  return familyOf(image, images)
    .filter((one) => one.name !== image.name)
    .filter((one) => one.definition.platforms.some((platform) => isForOtherParent(one, platform)))
    .map(({ name }) => name);
}
