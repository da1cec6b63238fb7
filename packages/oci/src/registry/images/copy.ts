import { caught, Fault, valueOf } from '@image-tooling/host';
import { isDigest, ok, type Digest, type Result } from '@image-tooling/model';
import type { Descriptor } from '../../image/manifest';
import { imageContent } from '../manifests/image-content';
import { descriptorOf } from '../manifests/read';
import type { ManifestBytes, PushedBlob, Repository } from '../port';
import { repositoryText } from '../reference';
import { fallbackTag } from '../referrers/list';
import { mapResults } from './map-results';
import { stoppable } from './stoppable';

export interface CopyOptions {
  /** Also copies everything attached to it and its parts, recursively. Default true. */
  readonly withReferrers?: boolean;
  /** The tag in the target. Default: the tag it is copied by; none if copied by digest. */
  readonly tag?: string;
  /** Called with the bytes as they are sent; with a negative number after a failed attempt. */
  readonly onBytes?: (count: number) => void;
}

/** The result of a copy. */
export interface CopyReport {
  /** The manifest that the reference names. */
  readonly root: Descriptor;
  readonly tag?: string;
  /** Parts before their index, subjects before their referrers. */
  readonly manifests: readonly (Descriptor & { readonly how: 'present' | 'pushed' })[];
  readonly blobs: readonly (Descriptor & PushedBlob)[];
}

/**
 * Copies the manifest of a tag or digest into another repository, byte for byte: indexes with all their manifests,
 * blobs streamed without touching the disk, mounted within one registry. The tag is written last, so a copy that was
 * stopped leaves no incomplete tag, and can be run again. Fails with `gone` if the source lacks something, with
 * `image-format` if a manifest is invalid, and as either repository does.
 */
export async function copyImage(
  from: Repository,
  to: Repository,
  reference: string,
  options: CopyOptions = {},
): Promise<Result<CopyReport>> {
  return caught(repositoryText(to.name), () => new Copy(from, to, options).run(reference));
}

/**
 * Tags of what cosign attaches to a manifest (cosign, pkg/oci/remote/options.go): signatures, and the attestations and
 * SBOMs of its first versions.
 */
function attachedTags(subject: Digest): string[] {
  return ['sig', 'att', 'sbom'].map((kind) => `${fallbackTag(subject)}.${kind}`);
}

/** The maximum depth of manifests: index, platform, attachment and its signature need 4. Ours is generous. */
export const DEEPEST = 16;

class Copy {
  private readonly seen = new Set<Digest>();
  private readonly manifests: CopyReport['manifests'][number][] = [];
  private readonly blobs: CopyReport['blobs'][number][] = [];

  constructor(
    private readonly from: Repository,
    private readonly to: Repository,
    private readonly options: CopyOptions,
  ) {}

  async run(reference: string): Promise<CopyReport> {
    const root = await this.need(reference);
    const tag = this.options.tag ?? (isDigest(reference) ? undefined : reference);
    await this.copyManifest(root);
    if (tag !== undefined) await this.putTag(root, tag);
    const { manifests, blobs } = this;
    return { root: descriptorOf(root), ...(tag !== undefined && { tag }), manifests, blobs };
  }

  /**
   * Copies the parts of a manifest, the manifest, and what is attached to it. `depth`: the number of manifests above it.
   */
  private async copyManifest(manifest: ManifestBytes, depth = 0, isAttachment = false): Promise<void> {
    if (this.seen.has(manifest.digest)) return;
    this.seen.add(manifest.digest);
    if (depth > DEEPEST) throw tooDeep(this.from.name);
    const content = valueOf(imageContent(manifest));
    for (const { digest } of content.manifests) await this.copyManifest(await this.need(digest), depth + 1);
    const isThere = valueOf(await this.to.headManifest(manifest.digest)) !== undefined;
    if (!isThere) {
      await this.copyBlobs(content.blobs);
      valueOf(await this.to.putManifest(manifest));
    }
    this.manifests.push({ ...descriptorOf(manifest), how: isThere ? 'present' : 'pushed' });
    if (this.options.withReferrers === false) return;
    await this.copyReferrers(manifest.digest, depth + 1);
    if (!isAttachment) await this.copySignatures(manifest.digest, depth + 1);
  }

  /** Copies what cosign attaches by tags. */
  private async copySignatures(subject: Digest, depth: number): Promise<void> {
    const tags = attachedTags(subject);
    const heads = valueOf(await mapResults(tags, (tag) => this.from.headManifest(tag)));
    for (const tag of tags.filter((_, at) => heads[at] !== undefined)) {
      const manifest = await this.need(tag);
      await this.copyManifest(manifest, depth, true);
      await this.putTag(manifest, tag);
    }
  }

  private async copyBlobs(descriptors: readonly Descriptor[]): Promise<void> {
    const { from, to } = this;
    const mountFrom = from.name.registry === to.name.registry ? [from.name.path] : [];
    const options = { mountFrom, onBytes: this.options.onBytes };
    const rows = await mapResults(descriptors, async (descriptor, isStopped) => {
      const row = await to.pushBlob(stoppable(from.blobOf(descriptor), isStopped), options);
      return row.ok ? ok({ ...descriptor, ...row.value }) : row;
    });
    this.blobs.push(...valueOf(rows));
  }

  /**
   * Skips a row whose manifest was deleted. A manifest that is there but not listed (a copy was stopped between the
   * two) is put again, which lists it.
   */
  private async copyReferrers(subject: Digest, depth: number): Promise<void> {
    const referrers = valueOf(await this.from.listReferrers(subject));
    if (referrers.length === 0) return;
    const listed = valueOf(await this.to.listReferrers(subject)).map(({ digest }) => digest);
    for (const { digest } of referrers) {
      const manifest = valueOf(await this.from.getManifest(digest));
      if (!manifest) continue;
      const wasThere = valueOf(await this.to.headManifest(digest)) !== undefined;
      await this.copyManifest(manifest, depth, true);
      if (wasThere && !listed.includes(digest)) valueOf(await this.to.putManifest(manifest));
    }
  }

  private async putTag(manifest: ManifestBytes, tag: string): Promise<void> {
    const present = valueOf(await this.to.headManifest(tag));
    if (present?.digest !== manifest.digest) valueOf(await this.to.putManifest(manifest, tag));
  }

  private async need(reference: string): Promise<ManifestBytes> {
    const manifest = valueOf(await this.from.getManifest(reference));
    if (manifest) return manifest;
    throw new Fault({
      code: 'gone',
      message: `${repositoryText(this.from.name)} has no manifest ${reference}.`,
      hint: 'Check the tags in the repository, or copy one of the manifests that are there.',
    });
  }
}

/** An index may list indexes, which list others, without limit. */
function tooDeep(name: Repository['name']): Fault {
  return new Fault({
    code: 'image-format',
    message: `The image in ${repositoryText(name)} can't be copied: more than ${DEEPEST} levels of manifests.`,
    hint: 'Copy one of its images by digest.',
  });
}
