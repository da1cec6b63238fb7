import { fail, isDigest, ok, type Digest, type Failure, type Result } from '@image-tooling/model';
import { referenceProblem, shownReference } from './reference-problem';

/** A repository of a registry. */
export interface RepositoryName {
  /** `registry.example`, `127.0.0.1:5000` */
  readonly registry: string;
  /** `team/tooling-k8s` */
  readonly path: string;
}

/** A repository, with a tag, a digest, both or neither. */
export interface Reference {
  readonly repository: RepositoryName;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** OCI distribution-spec 1.1, "Pulling manifests": <name>; with a host name or address before it. */
const REPOSITORY =
  /^((?:localhost|[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+|\[[0-9a-fA-F:]+\]|[a-zA-Z0-9-]+(?=:))(?::[0-9]+)?)\/([a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)$/;

/** OCI distribution-spec 1.1, "Pulling manifests": <reference> as a tag. */
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** Reads `host[:port]/path`. Fails with `usage`; no failure shows a password. */
export function parseRepository(text: string): Result<RepositoryName> {
  const match = REPOSITORY.exec(text);
  if (match && !referenceProblem(text)) return ok({ registry: match[1] as string, path: match[2] as string });
  return fail(
    notA(
      'a repository of a registry',
      text,
      'Write it with its host, in lower case: registry.example/team/name.',
    ),
  );
}

/** Reads `host[:port]/path[:tag][@digest]`. Fails with `usage`; no failure shows a password. */
export function parseReference(text: string): Result<Reference> {
  const [beforeDigest = '', digest, ...more] = text.split('@');
  const colon = beforeDigest.lastIndexOf(':');
  const hasTag = colon > beforeDigest.lastIndexOf('/');
  const tag = hasTag ? beforeDigest.slice(colon + 1) : undefined;
  const repository = parseRepository(hasTag ? beforeDigest.slice(0, colon) : beforeDigest);
  const isWrong =
    !repository.ok ||
    more.length > 0 ||
    (digest !== undefined && !isDigest(digest)) ||
    (tag !== undefined && !isTag(tag));
  if (isWrong)
    return fail(
      notA(
        'a reference to an image',
        text,
        'Write registry.example/team/name:tag or registry.example/team/name@sha256:….',
      ),
    );
  return ok({
    repository: repository.value,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  });
}

function notA(what: string, text: string, hint: string): Failure {
  const problem = referenceProblem(text);
  return {
    code: 'usage',
    message: `"${shownReference(text)}" is not ${what}${problem ? `: it ${problem.why}` : ''}.`,
    hint: problem ? `${problem.hint} ${hint}` : hint,
  };
}

/** Returns `host/path`, as users write it. */
export function repositoryText({ registry, path }: RepositoryName): string {
  return `${registry}/${path}`;
}
