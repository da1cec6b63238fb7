import {
  ok,
  releasesFor,
  YANK_ARTIFACT_TYPE,
  YANK_REASON_ANNOTATION,
  type Digest,
  type Result,
} from '@image-tooling/model';
import type { Repository } from '@image-tooling/oci';
import { openRemote } from '../registry-access';
import { aliasHeads, releaseHead } from './releases';
import { firstGood, yankReasons } from './yanked';
import type { RegistryTarget } from './target';

export interface YankRequest {
  readonly version: string;
  /** For users of the release; not empty. */
  readonly reason: string;
}

/** The result of marking a release as bad. */
export interface Yanked {
  readonly version: string;
  /** Of its index. */
  readonly digest: Digest;
  /** Whether the same mark was already there: then nothing was written. */
  readonly already: boolean;
  /** Of all its marks, including this one. */
  readonly reasons: readonly string[];
  /** Tags that still point to it, and the highest good release for each. */
  readonly aliases: readonly YankedAlias[];
}

export interface YankedAlias {
  readonly alias: string;
  /** Undefined if there is no other release for the alias. */
  readonly backTo?: string;
}

/**
 * Marks a release as bad, by a referrer of its index: deletes nothing and moves no tag. The mark has no time,
 * so that repeating it gives the same bytes. Fails with `usage`, with `unknown-reference` if the release is
 * not there, and as the registry does.
 */
export async function yank(target: RegistryTarget, request: YankRequest): Promise<Result<Yanked>> {
  const repository = openRemote(target.repository, target.access);
  try {
    return await yankIn(repository, request);
  } finally {
    await repository.close();
  }
}

async function yankIn(repository: Repository, { version, reason }: YankRequest): Promise<Result<Yanked>> {
  const release = await releaseHead(repository, version);
  if (!release.ok) return release;
  const before = await yankReasons(repository, release.value.digest);
  if (!before.ok) return before;
  const marked = await repository.attach(release.value, {
    artifactType: YANK_ARTIFACT_TYPE,
    annotations: { [YANK_REASON_ANNOTATION]: reason },
    content: [],
  });
  if (!marked.ok) return marked;
  const already = before.value.includes(reason);
  const { digest } = release.value;
  const aliases = await aliasesAt(repository, version, digest);
  if (!aliases.ok) return aliases;
  const reasons = already ? before.value : [...before.value, reason];
  return ok({ version, digest, already, reasons, aliases: aliases.value });
}

/** Returns the aliases that point to a bad release, with a good release for each. */
async function aliasesAt(
  repository: Repository,
  version: string,
  bad: Digest,
): Promise<Result<YankedAlias[]>> {
  const heads = await aliasHeads(repository, version);
  if (!heads.ok) return heads;
  const leading = heads.value.filter(({ head }) => head === bad);
  if (leading.length === 0) return ok([]);
  const tags = await repository.listTags();
  if (!tags.ok) return tags;
  const found: YankedAlias[] = [];
  for (const { alias } of leading) {
    const good = await firstGood(repository, releasesFor(alias, tags.value));
    if (!good.ok) return good;
    found.push({ alias, ...(good.value && { backTo: good.value.tag }) });
  }
  return ok(found);
}
