import { fail, isDigest, ok, type Digest, type Result } from '@image-tooling/model';

/** A repository of a registry. */
export interface RepositoryName {
  /** `registry.example`, `127.0.0.1:5000` */
  readonly registry: string;
  /** `team/tooling-k8s` */
  readonly path: string;
}

/** A repository, and what is meant in it: a tag, a digest, both or neither. */
export interface Reference {
  readonly repository: RepositoryName;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** OCI distribution-spec 1.1, "Pulling manifests": <name>; with a host before it, which must look like one. */
const REPOSITORY =
  /^((?:localhost|[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+|\[[0-9a-fA-F:]+\]|[a-zA-Z0-9-]+(?=:))(?::[0-9]+)?)\/([a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)$/;

/** OCI distribution-spec 1.1, "Pulling manifests": <reference> as a tag. */
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** Reads `host[:port]/path`. Fails with `usage`. */
export function parseRepository(text: string): Result<RepositoryName> {
  const match = REPOSITORY.exec(text);
  if (match) return ok({ registry: match[1] as string, path: match[2] as string });
  return fail({
    code: 'usage',
    message: `"${text}" is no repository of a registry.`,
    hint: 'Write it with its host, in lower case: registry.example/team/name.',
  });
}

/** Reads `host[:port]/path[:tag][@digest]`. Fails with `usage`. */
export function parseReference(text: string): Result<Reference> {
  const [beforeDigest = '', digest, ...more] = text.split('@');
  const colon = beforeDigest.lastIndexOf(':');
  const hasTag = colon > beforeDigest.lastIndexOf('/');
  const tag = hasTag ? beforeDigest.slice(colon + 1) : undefined;
  const repository = parseRepository(hasTag ? beforeDigest.slice(0, colon) : beforeDigest);
  if (!repository.ok) return repository;
  if (more.length > 0 || (digest !== undefined && !isDigest(digest)) || (tag !== undefined && !isTag(tag)))
    return fail({
      code: 'usage',
      message: `"${text}" is no reference to an image.`,
      hint: 'Write registry.example/team/name:tag or registry.example/team/name@sha256:….',
    });
  return ok({
    repository: repository.value,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  });
}

/** `host/path`, as people write it. */
export function repositoryText({ registry, path }: RepositoryName): string {
  return `${registry}/${path}`;
}
