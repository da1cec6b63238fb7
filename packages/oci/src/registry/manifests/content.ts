import { cutText, fail, isDigest, jsonObject, ok, type Failure, type Result } from '@image-tooling/model';
import type { Descriptor } from '../../image/manifest';
import type { ManifestBytes } from '../port';
import { isManifestType } from './media-types';

/** The parts of a manifest or index, in its order, without duplicates. */
export interface ManifestContent {
  /** The manifests of an index. */
  readonly manifests: readonly Descriptor[];
  /** Config and layers, without layers that registries don't store (descriptor.md, "urls"). */
  readonly blobs: readonly Descriptor[];
}

/** Reads the parts of a manifest or index. Fails with `image-format`. */
export function manifestContent({ digest, bytes }: ManifestBytes): Result<ManifestContent> {
  const json = jsonObject(bytes);
  if (!json) return fail(unreadable(digest, 'it is not a JSON object'));
  const rows = [json['config'], ...list(json['layers']), ...list(json['blobs']), ...list(json['manifests'])];
  const named = rows.filter((row) => row !== undefined);
  const wrong = named.filter((row) => !isDescriptor(row));
  if (wrong.length > 0)
    return fail(
      unreadable(
        digest,
        `${cutText(JSON.stringify(wrong[0]), 200)} is not a descriptor with a sha256 digest`,
      ),
    );
  const descriptors = unique((named as DescriptorJson[]).filter((row) => !isForeign(row)));
  return ok({
    manifests: descriptors.filter(({ mediaType }) => isManifestType(mediaType)),
    blobs: descriptors.filter(({ mediaType }) => !isManifestType(mediaType)),
  });
}

interface DescriptorJson extends Descriptor {
  readonly urls?: unknown;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isDescriptor(row: unknown): row is DescriptorJson {
  const { mediaType, digest, size } = Object(row) as Record<string, unknown>;
  if (typeof mediaType !== 'string' || typeof digest !== 'string') return false;
  return isDigest(digest) && Number.isSafeInteger(size) && (size as number) >= 0;
}

/** A layer that only its vendor may distribute (Windows): registries refer to it. */
function isForeign({ mediaType, urls }: DescriptorJson): boolean {
  return /foreign|nondistributable/.test(mediaType) && list(urls).length > 0;
}

function unique(rows: readonly DescriptorJson[]): Descriptor[] {
  const byDigest = new Map(
    rows.map(({ mediaType, digest, size }) => [digest, { mediaType, digest, size }] as const),
  );
  return [...byDigest.values()];
}

function unreadable(digest: string, why: string): Failure {
  return { code: 'image-format', message: `The manifest ${digest} can't be read: ${why}.` };
}
