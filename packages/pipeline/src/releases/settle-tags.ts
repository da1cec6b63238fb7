import { mainCommitTag, ok, releasesFor, type Result } from '@image-tooling/model';
import type { Repository } from '@image-tooling/oci';
import { firstGood, yankedReleases } from '../registry/yanked';
import { newestPublished } from '../registry/main-commits';
import { aliasHeads } from '../registry/releases';

/** A tag that was moved, and to what. */
export interface SettledTag {
  readonly tag: string;
  /** The tag whose image it has now. */
  readonly to: string;
}

/** Another machine may write a newer tag each time that we look; then that machine goes on. */
const MOST_ROUNDS = 5;

/**
 * Lets `main` point to the image of the newest commit of main that is published, and looks again afterwards: each run
 * writes the tag of its commit before it looks, so whichever is last sees both. Fails as the registry does.
 *
 * @param newer returns the commits after `commit` that main has, the newest first; `now`: as others have pushed by now
 */
export async function settleMain(
  repository: Repository,
  commit: string,
  newer: (when: 'known' | 'now') => Promise<Result<readonly string[]>>,
): Promise<Result<SettledTag[]>> {
  const isThere = await isMainSettled(repository, commit, () => newer('known'));
  if (!isThere.ok || isThere.value) return isThere.ok ? ok([]) : isThere;
  return settled(async () => {
    const tag = await tagOfMain(repository, commit, () => newer('now'));
    return tag.ok ? moved(repository, 'main', tag.value) : tag;
  });
}

/** Returns whether `main` points to the image of the newest commit of main that is published. */
export async function isMainSettled(
  repository: Repository,
  commit: string,
  newer: () => Promise<Result<readonly string[]>>,
): Promise<Result<boolean>> {
  const tag = await tagOfMain(repository, commit, newer);
  return tag.ok ? pointsTo(repository, 'main', tag.value) : tag;
}

async function tagOfMain(
  repository: Repository,
  commit: string,
  newer: () => Promise<Result<readonly string[]>>,
): Promise<Result<string>> {
  const commits = await newer();
  if (!commits.ok) return commits;
  const newest = await newestPublished(repository, commits.value);
  return newest.ok ? ok(newest.value ?? mainCommitTag(commit)) : newest;
}

async function pointsTo(repository: Repository, tag: string, other: string): Promise<Result<boolean>> {
  const [head, target] = [await repository.headManifest(tag), await repository.headManifest(other)];
  if (!head.ok || !target.ok) return head.ok ? (target as Result<never>) : head;
  return ok(head.value !== undefined && head.value.digest === target.value?.digest);
}

/**
 * Lets the tags that follow a release (`1.2`, `1`, `latest`) point to it, or to a higher release. Leaves all alone if
 * the release is marked as bad: then a rollback moved them. Fails as the registry does.
 */
export async function settleAliases(repository: Repository, version: string): Promise<Result<SettledTag[]>> {
  return settled(async () => {
    const behind = await aliasesElsewhere(repository, version);
    if (!behind.ok || behind.value.length === 0) return behind.ok ? ok([]) : behind;
    const tags = await repository.listTags();
    if (!tags.ok) return tags;
    const yanked = await yankedReleases(repository, [version]);
    if (!yanked.ok) return yanked;
    if (yanked.value.size > 0) return ok([]);
    const done: SettledTag[] = [];
    for (const alias of behind.value) {
      const highest = await firstGood(repository, releasesFor(alias, tags.value));
      if (!highest.ok) return highest;
      const one = highest.value === undefined ? ok([]) : await moved(repository, alias, highest.value);
      if (!one.ok) return one;
      done.push(...one.value);
    }
    return ok(done);
  });
}

/** Returns the tags that follow a release and point elsewhere; [] if there is no such release. */
export async function aliasesElsewhere(repository: Repository, version: string): Promise<Result<string[]>> {
  const own = await repository.headManifest(version);
  if (!own.ok || !own.value) return own.ok ? ok([]) : own;
  const heads = await aliasHeads(repository, version);
  if (!heads.ok) return heads;
  return ok(heads.value.filter(({ head }) => head !== own.value?.digest).map(({ alias }) => alias));
}

/** Moves a tag to the image of another one. Nothing if that is gone, or it is there. */
async function moved(repository: Repository, tag: string, to: string): Promise<Result<SettledTag[]>> {
  const [target, head] = [await repository.headManifest(to), await repository.headManifest(tag)];
  if (!target.ok || !head.ok) return target.ok ? (head as Result<never>) : target;
  if (!target.value || head.value?.digest === target.value.digest) return ok([]);
  const manifest = await repository.getManifest(target.value.digest);
  if (!manifest.ok || !manifest.value) return manifest.ok ? ok([]) : manifest;
  const put = await repository.putManifest(manifest.value, tag);
  return put.ok ? ok([{ tag, to }]) : put;
}

/** Repeats work until it changes nothing. */
async function settled(work: () => Promise<Result<SettledTag[]>>): Promise<Result<SettledTag[]>> {
  const done: SettledTag[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const one = await work();
    if (!one.ok) return one;
    if (one.value.length === 0) break;
    done.push(...one.value);
  }
  return ok(done);
}
