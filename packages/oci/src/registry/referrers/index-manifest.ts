import {
  canonicalJson,
  digestOf,
  isDigest,
  stringMembers,
  type Digest,
  type Json,
} from '@image-tooling/model';
import { descriptorJson, MEDIA_TYPES } from '../../image/manifest';
import type { ManifestBytes, Referrer } from '../port';

/** Returns the referrers in an index; rows that are not descriptors are ignored. */
export function referrersOf(index: unknown): Referrer[] {
  const { manifests } = (index ?? {}) as { manifests?: unknown };
  return Array.isArray(manifests) ? manifests.flatMap(referrerOf) : [];
}

/** Builds the index of a fallback tag (OCI distribution-spec 1.1, "Referrers Tag Schema"). */
export function fallbackIndex(referrers: readonly Referrer[]): ManifestBytes {
  const json = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.index,
    manifests: referrers.map(referrerJson),
  };
  const bytes = Buffer.from(canonicalJson(json));
  return { mediaType: MEDIA_TYPES.index, digest: digestOf(bytes), bytes };
}

/** Returns the referrers without duplicates, in their order. */
export function merged(...lists: readonly (readonly Referrer[])[]): Referrer[] {
  const byDigest = new Map<Digest, Referrer>();
  for (const referrer of lists.flat())
    if (!byDigest.has(referrer.digest)) byDigest.set(referrer.digest, referrer);
  return [...byDigest.values()];
}

function referrerJson(referrer: Referrer): Json {
  const { artifactType, annotations } = referrer;
  const some = Object.keys(annotations).length > 0;
  return { ...descriptorJson(referrer), artifactType, ...(some && { annotations }) };
}

function referrerOf(row: unknown): Referrer[] {
  const { mediaType, digest, size, artifactType, annotations } = (row ?? {}) as Record<string, unknown>;
  if (typeof mediaType !== 'string' || typeof size !== 'number') return [];
  if (typeof digest !== 'string' || !isDigest(digest)) return [];
  return [
    {
      mediaType,
      digest,
      size,
      artifactType: typeof artifactType === 'string' ? artifactType : '',
      annotations: stringMembers(annotations),
    },
  ];
}
