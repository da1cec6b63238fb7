import {
  mainCommitTag,
  ok,
  versionPrefix,
  wantedTags,
  type Image,
  type ImageVersion,
  type PublishMode,
  type Result,
} from '@image-tooling/model';
import { repositoryText, type Repository, type RepositoryName } from '@image-tooling/oci';
import { pushTag, readRefs } from '../git/remote';
import { repositoryOf } from '../image-repository';
import { publishImage } from '../publish';
import type { TagRequest } from '../publish/tags';
import { withRemote } from '../registry-access';
import type { Session } from '../session';
import { newerCommits, type MainBranch } from './main-branch';
import { writeNotes } from './notes';
import type { ConvergedImage, ConvergedRelease } from './request';
import { settleTags, type SettledTag } from './settle-tags';

/** An image, its version at the commit, and where both are. */
export interface ConvergeImage {
  readonly image: Image;
  readonly main: MainBranch;
  readonly version: ImageVersion | undefined;
  readonly dryRun: boolean;
}

/** Returns the tags of the commit or of a version, with the newer commits that were known when the run began. */
export function tagRequest({ image, main, dryRun }: ConvergeImage, mode: PublishMode): TagRequest {
  const wanted = wantedTags(mode, { id: main.commit });
  return { image: image.name, mode, wanted, dryRun, newerCommits: async () => ok(main.newer) };
}

/**
 * Does for one image what is missing, in the order of publish: the image and the tag of its commit, `main`, the release
 * and its tags, and the git tag last. Killed at any step, the next run goes on. One run of this machine works on an
 * image at a time; runs of others are safe. Fails as publishing, the registry and git do.
 */
export async function convergeImage(session: Session, of: ConvergeImage): Promise<Result<ConvergedImage>> {
  const name = repositoryOf(session, of.image.name);
  if (!name.ok) return name;
  return session.store.lock(`converge ${repositoryText(name.value)}`, session.context, () =>
    withRemote(
      session,
      name.value,
      (repository) => new Convergence(session, of, repository).run(name.value),
      { dryRun: of.dryRun },
    ),
  );
}

class Convergence {
  private readonly moved: SettledTag[] = [];
  private readonly sent = { main: 0, release: 0 };

  constructor(
    private readonly session: Session,
    private readonly of: ConvergeImage,
    private readonly repository: Repository,
  ) {}

  async run(name: RepositoryName): Promise<Result<ConvergedImage>> {
    const { image, main, version } = this.of;
    const action = await this.publishCommit();
    if (!action.ok) return action;
    const release = version ? await this.release(version) : ok(undefined);
    if (!release.ok) return release;
    return ok({
      image: image.name,
      repository: repositoryText(name),
      main: { tag: mainCommitTag(main.commit), action: action.value },
      ...(release.value && { release: release.value }),
      moved: this.moved,
      sentBlobBytes: this.sent,
    });
  }

  /** The tag of a commit is written once: where it is, the image was built, tested, scanned and signed. */
  private async publishCommit(): Promise<Result<'present' | 'published'>> {
    const { image, main, dryRun } = this.of;
    const head = await this.repository.headManifest(mainCommitTag(main.commit));
    if (!head.ok) return head;
    if (!head.value) {
      const published = await this.publish({ isPinned: true });
      if (!published.ok) return published;
      this.sent.main = published.value;
    }
    if (dryRun) return ok(head.value ? 'present' : 'published');
    const settled = await this.settle({ kind: 'main' });
    if (!settled.ok) return settled;
    if (!head.value)
      this.session.context.progress.note(`${image.name}: published ${mainCommitTag(main.commit)}`);
    return ok(head.value ? 'present' : 'published');
  }

  private async settle(mode: PublishMode): Promise<Result<void>> {
    const settled = await settleTags(this.repository, tagRequest(this.of, mode), {
      newerCommits: () => this.newerCommits(),
      context: this.session.context,
    });
    if (!settled.ok) return settled;
    this.moved.push(...settled.value);
    return ok(undefined);
  }

  private async newerCommits(): Promise<Result<readonly string[]>> {
    const { main } = this.of;
    const { mainBranch } = this.session.options;
    const refs = await readRefs(main.place, main.remote.name);
    if (!refs.ok) return refs;
    return newerCommits({ ...main, remote: { ...main.remote, refs: refs.value } }, mainBranch);
  }

  private async release(version: ImageVersion): Promise<Result<ConvergedRelease>> {
    const head = await this.repository.headManifest(version.version);
    if (!head.ok) return head;
    const isDone = version.isTagged && head.value !== undefined;
    if (!isDone) {
      const published = await this.publish({ release: version.version });
      if (!published.ok) return published;
      this.sent.release = published.value;
    }
    if (this.of.dryRun) return ok({ ...version, action: isDone ? 'present' : 'released' });
    const settled = await this.settle({ kind: 'release', version: version.version });
    if (!settled.ok) return settled;
    return isDone ? ok({ ...version, action: 'present' }) : this.finish(version);
  }

  /** The git tag comes last: while it is missing, a run does all of the above again. */
  private async finish(version: ImageVersion): Promise<Result<ConvergedRelease>> {
    const { image, main } = this.of;
    const notes = await writeNotes(this.session, image, this.repository, version.version);
    if (!notes.ok) return notes;
    const tag = `${versionPrefix(image.name)}${version.version}`;
    const pushed = await pushTag(main.place, main.remote.name, tag, version.commit);
    if (!pushed.ok) return pushed;
    this.session.context.progress.note(`${image.name}: released ${version.version}`);
    return ok({ ...version, action: 'released', notes: notes.value });
  }

  /** Returns the bytes of blobs that were sent. */
  private async publish(how: {
    readonly release?: string;
    readonly isPinned?: boolean;
  }): Promise<Result<number>> {
    const { image, dryRun } = this.of;
    const published = await publishImage(this.session, {
      name: image.name,
      ...{ dryRun, allowDirty: false, unsigned: false, verify: 'pushed' },
      ...how,
    });
    if (!published.ok) return published;
    return ok(published.value.report.blobs.reduce((sum, { sentBytes }) => sum + sentBytes, 0));
  }
}
