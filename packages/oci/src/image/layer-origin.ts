import { isDigest, type Digest } from '@image-tooling/model';

/** Where a layer comes from: its kind, whose definition made it, and its build id. */
export interface LayerOrigin {
  readonly kind: string;
  readonly owner: string;
  readonly buildId: Digest;
}

/** The origin as the history of an image's config tells it ("created_by": OCI image-spec 1.1, config.md, "history"). */
export function originText({ kind, owner, buildId }: LayerOrigin): string {
  return `${kind} ${owner} ${buildId}`;
}

/** What `originText` wrote; undefined for the history of images that image-tooling did not make. */
export function readOrigin(createdBy: string | undefined): LayerOrigin | undefined {
  const [kind = '', owner = '', buildId = ''] = createdBy?.split(' ') ?? [];
  return isDigest(buildId) ? { kind, owner, buildId } : undefined;
}
