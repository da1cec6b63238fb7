import { isDigest, type Digest } from '@image-tooling/model';

/** The origin of a layer: its kind, the image or tool that defines it, and its build id. */
export interface LayerOrigin {
  readonly kind: string;
  readonly owner: string;
  readonly buildId: Digest;
}

/**
 * Returns the origin as text for the history of an image's config ("created_by": OCI image-spec 1.1, config.md,
 * "history").
 */
export function originText({ kind, owner, buildId }: LayerOrigin): string {
  return `${kind} ${owner} ${buildId}`;
}

/** Parses the text of `originText`; undefined for the history of images that image-tooling did not build. */
export function readOrigin(createdBy: string | undefined): LayerOrigin | undefined {
  const [kind = '', owner = '', buildId = ''] = createdBy?.split(' ') ?? [];
  return isDigest(buildId) ? { kind, owner, buildId } : undefined;
}
