import {
  archiveLockWith,
  canonicalJson,
  chainOf,
  changedPackages,
  failWith,
  lockedPackages,
  ok,
  readWorkspace,
  type ArchiveLock,
  type Failure,
  type Image,
  type Platform,
  type Result,
  type Workspace,
  type WorkspaceFiles,
} from '@image-tooling/model';
import { archiveOnce, type ArchiveOf } from '../archives/archive-state';
import { changedDebs } from '../archives/changed-debs';
import { debianReleaseOf } from '../debian-release';
import { resolveImage, type ResolvedImage } from '../lock/image-lock';
import { archiveLockFile, imageLockText, usedStates } from '../lock/record';
import type { Session } from '../session';
import type { ImageUpdate, Planned } from './types';

/** The files of a workspace, and what they mean. */
export interface ReadFiles {
  readonly files: WorkspaceFiles;
  readonly workspace: Workspace;
}

/** What was found for images; what failed changes nothing of images based on it. */
export interface PlannedImages extends Planned<readonly ImageUpdate[]> {
  readonly failures: readonly Failure[];
}

/**
 * Resolves images in the current archive, parents first, each over what the locks of its parents will be. An image whose
 * packages stay the same keeps its lock. Writes nothing.
 */
export async function planImages(
  session: Session,
  read: ReadFiles,
  images: readonly Image[],
): Promise<PlannedImages> {
  const archiveOf = archiveOnce(session, images);
  const archiveLock = read.workspace.archiveLock;
  const plan = new ImagesPlan(read, archiveLock);
  for (const { name } of images) await plan.add(session, name, archiveOf);
  return plan.result(session, archiveLock);
}

/** Locks of images as they will be. */
class ImagesPlan {
  private readonly updates: ImageUpdate[] = [];
  private readonly failures: Failure[] = [];
  private readonly failed = new Set<string>();
  private readonly changed = new Map<string, string>();
  private files: WorkspaceFiles;
  private workspace: Workspace;

  constructor(
    { files, workspace }: ReadFiles,
    private archiveLock: ArchiveLock | undefined,
  ) {
    this.files = files;
    this.workspace = workspace;
  }

  async add(session: Session, name: string, archiveOf: ArchiveOf): Promise<void> {
    const { workspace } = this;
    const image = workspace.images.get(name);
    if (!image || chainOf(image).some((below) => this.failed.has(below.name))) return;
    const unchanged = await checkDebs(image, archiveOf);
    const states = this.archiveLock?.states ?? [];
    const resolved = unchanged.ok
      ? await resolveImage(session, { workspace, image, archiveOf, states })
      : unchanged;
    if (resolved.ok) {
      this.take(image, resolved.value);
      return;
    }
    this.failed.add(name);
    this.failures.push(...resolved.failures);
  }

  result(session: Session, before: ArchiveLock | undefined): PlannedImages {
    const used = usedStates(this.files, this.archiveLock);
    const locks = Object.fromEntries(this.changed);
    const archive = this.changed.size > 0 ? archiveLockFile(session, before, used) : {};
    return { update: this.updates, failures: this.failures, files: { ...archive, ...locks } };
  }

  private take(image: Image, { lock, state }: ResolvedImage): void {
    const { name, folder, definition } = image;
    const before = image.lock?.value;
    const isChanged = before === undefined || canonicalJson(before) !== canonicalJson(lock);
    const packages = changedPackages(before?.platforms ?? {}, lock.platforms);
    this.updates.push({ name, packages, isChanged, platforms: definition.platforms });
    if (!isChanged) return;
    const file = `${folder}/lock.json`;
    const text = imageLockText(lock);
    this.changed.set(file, text);
    const isUsed = Object.values(lock.platforms).some((platform) => platform.state === state?.id);
    if (state && isUsed) this.archiveLock = archiveLockWith(this.archiveLock, state);
    this.read({ file, text });
  }

  /** Children are resolved over the new lock. */
  private read(lock: { readonly file: string; readonly text: string }): void {
    const others = (this.files.imageLocks ?? []).filter(({ file }) => file !== lock.file);
    const archiveLock = { file: 'archive.lock.json', text: JSON.stringify(this.archiveLock) };
    this.files = {
      ...this.files,
      imageLocks: [...others, lock],
      ...(this.archiveLock && { archiveLock }),
    };
    const workspace = readWorkspace(this.files);
    if (!workspace.ok)
      throw new Error(`a new lock made the workspace invalid: ${workspace.failures[0].message}`);
    this.workspace = workspace.value;
  }
}

/** Fails with `checksum` if the archive has other bytes of a locked version. */
async function checkDebs(image: Image, archiveOf: ArchiveOf): Promise<Result<void>> {
  const codename = debianReleaseOf(image);
  const platforms = Object.entries(image.lock?.value.platforms ?? {});
  const locked = platforms
    .filter(([platform]) => image.definition.platforms.some((one) => one === platform))
    .map(([platform, lock]) => [platform as Platform, lockedPackages(lock)] as const);
  if (codename === undefined || locked.every(([, debs]) => debs.length === 0)) return ok(undefined);
  const state = await archiveOf(codename);
  if (!state.ok) return state;
  const changed = changedDebs(image.name, locked, state.value);
  return changed.length > 0 ? failWith(changed) : ok(undefined);
}
