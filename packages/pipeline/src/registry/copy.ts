import { fail, isVersionTag, ok, tagTaken, type Digest, type Result } from '@image-tooling/model';
import { copyImage, type CopyReport, type Descriptor, type Repository } from '@image-tooling/oci';
import type { RegistryAccess } from '../registry-access';
import { noImageAt, openPlace } from './open-place';
import { placeText, type Place } from './place';
import { sourceReference } from './source';

export interface CopyRequest {
  readonly from: Place;
  /** Without tag and digest: keeps the source's tag. */
  readonly to: Place;
}

/** The result of a copy. */
export interface Copied extends Omit<CopyReport, 'tag'> {
  /** Full references. */
  readonly from: string;
  readonly to: string;
  readonly tag?: string;
  /** Whether the tag was up to date. */
  readonly tagged: 'same' | 'created' | 'moved' | 'none';
  /** Wall time. */
  readonly seconds: number;
}

/**
 * Copies an image with all platforms and attachments between registries and folders. Writes the tag last.
 * Fails with `usage`, with `gone` if the source lacks it, with `tag-taken` if the target's tag is a version
 * with other content, and as both sides do.
 */
export async function copyBetween(
  { from, to }: CopyRequest,
  access: RegistryAccess,
): Promise<Result<Copied>> {
  const source = openPlace(from, { ...access, env: sourceEnv(from, to, access.env) });
  const target = openPlace(to, access);
  try {
    return await copyOpened({ from, to, source, target }, access);
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}

interface Opened extends CopyRequest {
  readonly source: Repository;
  readonly target: Repository;
}

async function copyOpened(opened: Opened, access: RegistryAccess): Promise<Result<Copied>> {
  const began = performance.now();
  const { from, to, source } = opened;
  const reference = await sourceReference(source, from);
  if (!reference.ok) return reference;
  const root = await rootOf(source, reference.value, from);
  if (!root.ok) return root;
  const tag = to.tag ?? (to.digest === undefined ? tagIn(reference.value) : undefined);
  const allowed = await checkTarget(opened, root.value.digest, tag);
  if (!allowed.ok) return allowed;
  const copied = await copyAll(opened, root.value.digest, access);
  if (!copied.ok) return copied;
  const tagged = await writeTag(opened, root.value.digest, tag, allowed.value);
  if (!tagged.ok) return tagged;
  const { tag: _, ...report } = copied.value;
  return ok({
    ...report,
    from: placeText(from),
    to: placeText({ ...to, ...(tag !== undefined && { tag }) }),
    ...(tag !== undefined && { tag }),
    tagged: tagged.value,
    seconds: (performance.now() - began) / 1000,
  });
}

/** The login in the environment is only for the registry that is written to. */
function sourceEnv(from: Place, to: Place, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isForSource =
    from.kind === 'registry' && (to.kind === 'folder' || to.repository.registry === from.repository.registry);
  return isForSource ? env : { ...env, REGISTRY_USERNAME: undefined, REGISTRY_PASSWORD: undefined };
}

/** Returns the tag in a source's reference; names in a folder may be full references. */
function tagIn(reference: string): string | undefined {
  return reference.includes('@') || reference.startsWith('sha256:') ? undefined : reference.split(':').at(-1);
}

/** Returns the digest of a reference, by HEAD: some registries count each manifest that is read. */
async function rootOf(source: Repository, reference: string, from: Place): Promise<Result<Descriptor>> {
  const root = await source.headManifest(reference);
  if (!root.ok) return root;
  return root.value ? ok(root.value) : noImageAt(from);
}

/** Checks the target before anything is sent. */
async function checkTarget(
  { to, target }: Opened,
  root: Digest,
  tag: string | undefined,
): Promise<Result<Digest | undefined>> {
  if (to.digest !== undefined && to.digest !== root)
    return fail({
      code: 'usage',
      message: `The copied image is ${root}, not ${to.digest}.`,
      hint: 'Give the target a tag, or the digest of the copied image.',
    });
  return headOf(target, root, tag, to);
}

/** Returns the digest of the target's tag. Fails with `tag-taken` if it is a version with other content. */
async function headOf(
  target: Repository,
  root: Digest,
  tag: string | undefined,
  to: Place,
): Promise<Result<Digest | undefined>> {
  if (tag === undefined) return ok(undefined);
  const head = await target.headManifest(tag);
  if (!head.ok) return head;
  const there = head.value?.digest;
  if (there === undefined || there === root || !isVersionTag(tag)) return ok(there);
  const { tag: _, ...place } = to;
  return fail({
    ...tagTaken({ image: placeText(place), tag, there, ours: root }),
    hint: 'Releases are never changed. Copy it to another tag, or delete that one first if it is wrong.',
  });
}

async function copyAll(
  { from, to, source, target }: Opened,
  root: Digest,
  { context: { progress } }: RegistryAccess,
): Promise<Result<CopyReport>> {
  const step = progress.step(`copy ${placeText(from)} to ${placeText(to)}`);
  let sent = 0;
  const copied = await copyImage(source, target, root, {
    onBytes: (count) => {
      sent += count;
      step.status(`${Math.round(sent / 1e6)} MB sent`);
    },
  });
  if (copied.ok) step.done({ origin: sent > 0 ? 'pushed' : 'present', bytes: sent });
  else step.failed();
  return copied;
}

/** Writes the tag after everything is there. Looks up a version again before, since a copy may take long. */
async function writeTag(
  { to, target }: Opened,
  root: Digest,
  tag: string | undefined,
  before: Digest | undefined,
): Promise<Result<Copied['tagged']>> {
  if (tag === undefined) return ok('none');
  if (before === root) return ok('same');
  const head = isVersionTag(tag) ? await headOf(target, root, tag, to) : ok(before);
  if (!head.ok) return head;
  const manifest = await target.getManifest(root);
  if (!manifest.ok) return manifest;
  if (!manifest.value) return lost(root, to);
  const put = await target.putManifest(manifest.value, tag);
  return put.ok ? ok(head.value === undefined ? 'created' : 'moved') : put;
}

function lost(root: Digest, to: Place): Result<never> {
  return fail({
    code: 'gone',
    message: `${root} was pushed to ${placeText(to)}, but was deleted there: no tag was written.`,
    hint: 'Check what deletes images there, then copy it again.',
  });
}
