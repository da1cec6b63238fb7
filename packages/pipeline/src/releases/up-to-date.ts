import { mainCommitTag, ok, type Result } from '@image-tooling/model';
import { repositoryText, type Repository } from '@image-tooling/oci';
import { repositoryOf } from '../image-repository';
import { withRemote } from '../registry-access';
import type { Session } from '../session';
import { tagRequest, type ConvergeImage } from './converge-image';
import type { ConvergedImage } from './request';
import { isPublished } from './settle-tags';

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

async function isUpToDate(repository: Repository, of: ConvergeImage): Promise<Result<boolean>> {
  const main = await isPublished(repository, tagRequest(of, { kind: 'main' }));
  if (!main.ok || !main.value || !of.version) return main;
  const { isTagged, version } = of.version;
  return isTagged ? isPublished(repository, tagRequest(of, { kind: 'release', version })) : ok(false);
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
