import { caught, Fault, valueOf } from '@image-tooling/host';
import { isDigest, ok, type Digest, type Result } from '@image-tooling/model';
import type { Descriptor } from '../../image/manifest';
import { imageContent } from '../manifests/image-content';
import { descriptorOf } from '../manifests/read';
import type { ManifestBytes, PushedBlob, Repository } from '../port';
import { repositoryText } from '../reference';
import { someAtOnce } from './some-at-once';
import { stoppable } from './stoppable';

export interface CopyOptions {
  /** With everything that is attached to it and its parts, and to that in turn. Default true. */
  readonly withReferrers?: boolean;
  /** Its tag in the target. Default: the one it is copied by; by digest none. */
  readonly tag?: string;
  /** Bytes as they go out; negative when a try failed. */
  readonly onBytes?: (count: number) => void;
}

/** What a copy did. */
export interface CopyReport {
  /** What the reference led to. */
  readonly root: Descriptor;
  readonly tag?: string;
  /** Parts before what is made of them, subjects before what is attached to them. */
  readonly manifests: readonly (Descriptor & { readonly how: 'present' | 'pushed' })[];
  readonly blobs: readonly (Descriptor & PushedBlob)[];
}

/**
 * Copies what a tag or digest leads to into another repository, byte for byte: indexes with all their manifests,
 * blobs streamed without touching the disk, mounted within one registry. The tag comes last, so a copy that was
 * stopped leaves none half done, and can be run again. Fails with `gone` where the source lacks something, with
 * `image-format` where a manifest can't be read, and as either repository does.
 */
export async function copyImage(
  from: Repository,
  to: Repository,
  reference: string,
  options: CopyOptions = {},
): Promise<Result<CopyReport>> {
  return caught(repositoryText(to.name), () => new Copy(from, to, options).run(reference));
}

/** Manifests that lead to one another: index, platform, what is attached to it, its signature. Ours is generous. */
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

  /** What it is made of, itself, and what is attached to it. `depth`: how many manifests led to it. */
  private async copyManifest(manifest: ManifestBytes, depth = 0): Promise<void> {
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
    if (this.options.withReferrers !== false) await this.copyReferrers(manifest.digest, depth + 1);
  }

  private async copyBlobs(descriptors: readonly Descriptor[]): Promise<void> {
    const { from, to } = this;
    const mountFrom = from.name.registry === to.name.registry ? [from.name.path] : [];
    const options = { mountFrom, onBytes: this.options.onBytes };
    const rows = await someAtOnce(descriptors, async (descriptor, isStopped) => {
      const row = await to.pushBlob(stoppable(from.blobOf(descriptor), isStopped), options);
      return row.ok ? ok({ ...descriptor, ...row.value }) : row;
    });
    this.blobs.push(...valueOf(rows));
  }

  /** A row whose manifest was deleted is passed over. One that is there but not listed (a copy was stopped between the two) is put again, which lists it. */
  private async copyReferrers(subject: Digest, depth: number): Promise<void> {
    const referrers = valueOf(await this.from.listReferrers(subject));
    if (referrers.length === 0) return;
    const listed = valueOf(await this.to.listReferrers(subject)).map(({ digest }) => digest);
    for (const { digest } of referrers) {
      const manifest = valueOf(await this.from.getManifest(digest));
      if (!manifest) continue;
      const wasThere = valueOf(await this.to.headManifest(digest)) !== undefined;
      await this.copyManifest(manifest, depth);
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
      hint: 'Look at the tags that are there, or copy one of the parts that are.',
    });
  }
}

/** An index may list indexes, and those others, without end. */
function tooDeep(name: Repository['name']): Fault {
  return new Fault({
    code: 'image-format',
    message: `The image in ${repositoryText(name)} can't be copied: more than ${DEEPEST} manifests lead to one another.`,
    hint: 'Copy one of the images in it by its digest.',
  });
}
