import { mainCommitTag, ok, type Result } from '@image-tooling/model';
import { repositoryText, type Repository } from '@image-tooling/oci';
import { repositoryOf } from '../image-repository';
import { withRemote } from '../registry-access';
import type { Session } from '../session';
import type { ConvergeImage } from './converge-image';
import type { ConvergedImage } from './request';
import { aliasesElsewhere, isMainSettled } from './settle-tags';

/**
 * Returns what there is of an image if nothing is missing; undefined if something may be. Asks for tags only, so that
 * many images are looked at at once. Fails as the registry does.
 */
export async function upToDate(
  session: Session,
  of: ConvergeImage,
): Promise<Result<ConvergedImage | undefined>> {
  const name = repositoryOf(session, of.image.name);
  if (!name.ok) return name;
  return withRemote(session, name.value, async (repository) => {
    const is = await isUpToDate(repository, of);
    return is.ok ? ok(is.value ? present(of, repositoryText(name.value)) : undefined) : is;
  });
}

async function isUpToDate(
  repository: Repository,
  { main, version }: ConvergeImage,
): Promise<Result<boolean>> {
  const head = await repository.headManifest(mainCommitTag(main.commit));
  if (!head.ok || !head.value) return head.ok ? ok(false) : head;
  const settled = await isMainSettled(repository, main.commit, async () => ok(main.newer));
  if (!settled.ok || !settled.value || !version) return settled;
  if (!version.isTagged) return ok(false);
  const release = await repository.headManifest(version.version);
  if (!release.ok || !release.value) return release.ok ? ok(false) : release;
  const behind = await aliasesElsewhere(repository, version.version);
  return behind.ok ? ok(behind.value.length === 0) : behind;
}

function present({ image, main, version }: ConvergeImage, repository: string): ConvergedImage {
  return {
    image: image.name,
    repository,
    main: { tag: mainCommitTag(main.commit), action: 'present' },
    ...(version && { release: { ...version, action: 'present' } }),
    moved: [],
    sentBlobBytes: { main: 0, release: 0 },
  };
}
