import {
  aliasesOf,
  fail,
  isVersionTag,
  ok,
  releasesFor,
  type Digest,
  type Result,
} from '@image-tooling/model';
import { repositoryText, type Descriptor, type Repository } from '@image-tooling/oci';

/**
 * Returns the digest of a version's tag. Fails with `usage` for an invalid version, with `unknown-reference`
 * if it is not there.
 */
export async function releaseHead(repository: Repository, version: string): Promise<Result<Descriptor>> {
  if (!isVersionTag(version))
    return fail({
      code: 'usage',
      message: `"${version}" is not a version of an image.`,
      hint: 'Write the whole version, without "v": 1.2.3.',
    });
  const head = await repository.headManifest(version);
  if (!head.ok) return head;
  return head.value ? ok(head.value) : noRelease(repository, version);
}

async function noRelease(repository: Repository, version: string): Promise<Result<never>> {
  const tags = await repository.listTags();
  if (!tags.ok) return tags;
  const releases = releasesFor('latest', tags.value).slice(0, 5);
  const where = repositoryText(repository.name);
  return fail({
    code: 'unknown-reference',
    message: `There is no ${version} in ${where}.`,
    hint:
      releases.length > 0
        ? `The newest releases there: ${releases.join(', ')}.`
        : 'There are no releases yet: check that this is the right repository.',
  });
}

/** An alias of a release, and its digest. */
export interface AliasHead {
  readonly alias: string;
  /** Undefined if the alias does not exist. */
  readonly head?: Digest;
}

/** Returns the digests of the tags that follow a release (`1.2`, `1`, `latest`). */
export async function aliasHeads(repository: Repository, version: string): Promise<Result<AliasHead[]>> {
  const heads: AliasHead[] = [];
  for (const alias of aliasesOf(version)) {
    const head = await repository.headManifest(alias);
    if (!head.ok) return head;
    heads.push({ alias, ...(head.value && { head: head.value.digest }) });
  }
  return ok(heads);
}
