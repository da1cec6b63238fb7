import { fail, jsonObject, type Failure, type Result } from '@image-tooling/model';
import type { ManifestBytes } from '../port';
import { manifestContent, type ManifestContent } from './content';
import { isIndexType, isManifestType } from './media-types';

/** Deprecated, but still in use (OCI image-spec 1.1.0-rc2, artifact.md): all members are optional. */
const ARTIFACT = 'application/vnd.oci.artifact.manifest.v1+json';
/**
 * Docker's oldest format, with and without a signature: its layers have no sizes, and its digest does not cover all of
 * it.
 */
const SCHEMA_1 = 'application/vnd.docker.distribution.manifest.v1+';

/**
 * Reads the parts of a manifest or index, which must be copied with it. Fails with `image-format`, also for an unknown
 * format.
 */
export function imageContent(manifest: ManifestBytes): Result<ManifestContent> {
  const failure = formatFailure(manifest);
  return failure ? fail(failure) : manifestContent(manifest);
}

function formatFailure({ digest, mediaType, bytes }: ManifestBytes): Failure | undefined {
  const json = jsonObject(bytes);
  if (!json || mediaType === ARTIFACT) return undefined;
  if (json['schemaVersion'] === 1 || mediaType.startsWith(SCHEMA_1))
    return {
      code: 'image-format',
      message: `The manifest ${digest} is in Docker's oldest format, "schema 1", which can't be copied.`,
      hint: 'Pull it with docker and push it again, which writes the current format; then copy that.',
    };
  const lacks = lacking(json, mediaType);
  return lacks === undefined ? undefined : incomplete(digest, mediaType, lacks);
}

/** Returns what a manifest lacks (OCI image-spec 1.1, manifest.md and image-index.md: required members). */
function lacking(json: Readonly<Record<string, unknown>>, mediaType: string): string | undefined {
  const has = (name: string): boolean => Array.isArray(json[name]);
  if (isIndexType(mediaType)) return has('manifests') ? undefined : 'it has no list "manifests"';
  const isImage = json['config'] !== undefined && has('layers');
  if (isManifestType(mediaType)) return isImage ? undefined : 'it has no "config" or no list "layers"';
  return isImage || has('manifests') ? undefined : 'unknown format';
}

function incomplete(digest: string, mediaType: string, why: string): Failure {
  return {
    code: 'image-format',
    message: `The manifest ${digest} ("${mediaType}") can't be copied: ${why}.`,
    hint: 'If it is an image, publish it again in OCI or Docker format, then copy that.',
  };
}
