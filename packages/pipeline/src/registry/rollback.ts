import { aliasesOf, fail, ok, type Digest, type Result, type RunContext } from '@image-tooling/model';
import type { ManifestBytes, Repository } from '@image-tooling/oci';
import { alone, openRemote } from '../registry-access';
import { foundManifest } from './found-manifest';
import { aliasHeads, releaseHead, type AliasHead } from './releases';
import { yankReasons } from './yanked';
import { publishLock } from '../image-repository';
import type { RegistryTarget } from './target';

/**
 * The result for an alias. `kept`: it points to a release that is not marked as bad. `absent`: there is no
 * such tag.
 */
export interface AliasMove {
  readonly alias: string;
  readonly action: 'moved' | 'same' | 'kept' | 'absent';
  readonly from?: AliasOrigin;
}

/** What an alias pointed to. */
export interface AliasOrigin {
  readonly digest: Digest;
  /** From the index, if it has one. */
  readonly version?: string;
  /** Why it is marked as bad; empty if it is not. */
  readonly reasons: readonly string[];
}

export interface RolledBack {
  readonly version: string;
  /** Of its index. */
  readonly digest: Digest;
  readonly aliases: readonly AliasMove[];
}

/**
 * Moves the tags that follow a release (`1.2`, `1`, `latest`) from a release marked as bad back to `version`.
 * Other tags stay. Fails with `unknown-reference` if the version is not there, with `not-publishable` if it
 * is marked as bad itself, and as the registry does. Publishes of this machine wait.
 */
export async function rollback(target: RegistryTarget, version: string): Promise<Result<RolledBack>> {
  const { access } = target;
  const repository = openRemote(target.repository, access);
  try {
    return await alone(access, publishLock(target.repository), () =>
      rollbackIn(repository, version, access.context),
    );
  } finally {
    await repository.close();
  }
}

async function rollbackIn(
  repository: Repository,
  version: string,
  context: RunContext,
): Promise<Result<RolledBack>> {
  const index = await goodRelease(repository, version);
  if (!index.ok) return index;
  const heads = await aliasHeads(repository, version);
  if (!heads.ok) return heads;
  const aliases: AliasMove[] = [];
  for (const head of heads.value) {
    const planned = await moveOf(repository, head, index.value);
    if (!planned.ok) return planned;
    aliases.push(planned.value);
  }
  for (const { alias, action } of aliases) {
    if (action !== 'moved') continue;
    const moved = await moveAlias(repository, alias, index.value, context);
    if (!moved.ok) return moved;
  }
  return ok({ version, digest: index.value.digest, aliases });
}

/** Returns the index of a release that tags may point to. */
async function goodRelease(repository: Repository, version: string): Promise<Result<ManifestBytes>> {
  const head = await releaseHead(repository, version);
  if (!head.ok) return head;
  if (aliasesOf(version).length === 0) return preRelease(version);
  const reasons = await yankReasons(repository, head.value.digest);
  if (!reasons.ok) return reasons;
  if (reasons.value.length > 0) return isYanked(version, reasons.value);
  const index = await repository.getManifest(head.value.digest);
  if (!index.ok) return index;
  return index.value ? ok(index.value) : vanished(version);
}

async function moveOf(
  repository: Repository,
  { alias, head }: AliasHead,
  to: ManifestBytes,
): Promise<Result<AliasMove>> {
  if (head === undefined) return ok({ alias, action: 'absent' });
  if (head === to.digest) return ok({ alias, action: 'same' });
  const reasons = await yankReasons(repository, head);
  if (!reasons.ok) return reasons;
  const index = await repository.getManifest(head);
  if (!index.ok) return index;
  const version = index.value && foundManifest(index.value).annotations['org.opencontainers.image.version'];
  const from = { digest: head, reasons: reasons.value, ...(version !== undefined && { version }) };
  return ok({ alias, action: reasons.value.length > 0 ? 'moved' : 'kept', from });
}

/** Writes a tag and reads it back. */
async function moveAlias(
  repository: Repository,
  alias: string,
  index: ManifestBytes,
  { progress }: RunContext,
): Promise<Result<void>> {
  const step = progress.step(`tag ${alias}`);
  const moved = await putAndRead(repository, alias, index);
  if (moved.ok) step.done({ origin: 'pushed' });
  else step.failed();
  return moved;
}

async function putAndRead(
  repository: Repository,
  alias: string,
  index: ManifestBytes,
): Promise<Result<void>> {
  const put = await repository.putManifest(index, alias);
  if (!put.ok) return put;
  const there = await repository.headManifest(alias);
  if (!there.ok) return there;
  if (there.value?.digest === index.digest) return ok(undefined);
  return fail({
    code: 'tag-taken',
    message: `The tag ${alias} was moved by someone else at the same time.`,
    hint: 'Run the rollback again.',
    details: [`wanted ${index.digest}`, `there  ${there.value?.digest ?? 'nothing'}`],
  });
}

function preRelease(version: string): Result<never> {
  return fail({
    code: 'usage',
    message: `${version} is a pre-release: other tags never point to one.`,
    hint: 'Name a release: 1.2.3.',
  });
}

function isYanked(version: string, reasons: readonly string[]): Result<never> {
  return fail({
    code: 'not-publishable',
    message: `${version} is marked as bad: no tag is moved to it.`,
    hint: 'Name a release that is not marked as bad.',
    details: reasons.map((reason) => `reason: ${reason}`),
  });
}

function vanished(version: string): Result<never> {
  return fail({
    code: 'gone',
    message: `${version} was deleted at the same time.`,
    hint: 'Name another release.',
  });
}
