import { EXPIRES_ANNOTATION, type Commit, type PublishMode } from './types';

export interface AnnotationsInput {
  readonly image: string;
  readonly description: string;
  /** Address of the workspace's repository. */
  readonly source?: string | undefined;
  readonly mode: PublishMode;
  readonly commit: Commit;
  /** Days that a branch image is kept. */
  readonly branchDays: number;
}

const SECONDS_A_DAY = 86_400;

/**
 * Returns the annotations of an index (OCI image-spec 1.1, annotations.md, "Pre-Defined Annotation Keys").
 * Everything follows from the commit, so that all machines give the same digest. There is no revision, so
 * that an unchanged image keeps its digest from commit to commit.
 */
export function indexAnnotations(input: AnnotationsInput): Record<string, string> {
  const { image, description, source, mode } = input;
  return {
    'org.opencontainers.image.title': image,
    'org.opencontainers.image.description': description,
    ...(source !== undefined && { 'org.opencontainers.image.source': source }),
    ...(mode.kind === 'release' && { 'org.opencontainers.image.version': mode.version }),
    ...(mode.kind === 'branch' && { [EXPIRES_ANNOTATION]: expiry(input) }),
  };
}

/** Counted from the commit, not from the day of the publish. */
function expiry({ commit, branchDays }: AnnotationsInput): string {
  return timestamp(commit.time + branchDays * SECONDS_A_DAY);
}

/** Returns a time as RFC 3339, whole seconds, UTC. */
export function timestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** RFC 3339, section 5.6. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Returns when an image may be deleted, in seconds since the epoch; undefined without a valid expiry. */
export function expiryOf(annotations: Readonly<Record<string, string>>): number | undefined {
  const text = annotations[EXPIRES_ANNOTATION] ?? '';
  const milliseconds = TIMESTAMP.test(text) ? Date.parse(text.toUpperCase()) : NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/**
 * Returns whether an image may be deleted. Without a valid expiry it never expires.
 *
 * @param now seconds since the epoch
 */
export function isExpired(annotations: Readonly<Record<string, string>>, now: number): boolean {
  const expires = expiryOf(annotations);
  return expires !== undefined && expires <= now;
}
