import { fail, isDigest, ok, type Digest, type Result } from '@image-tooling/model';
import { parseReference, type OpenRepository, type RepositoryName } from '@image-tooling/oci';
import { openRemote } from '../../registry-access';
import { ownRegistry } from '../../image-repository';
import type { Session } from '../../session';

/** The place of a registry image. */
export interface BasePlace {
  readonly repository: RepositoryName;
  readonly digest: Digest;
}

/** Reads `from.registry`. Fails with `usage`. */
export function basePlace(reference: string): Result<BasePlace> {
  const parsed = parseReference(reference);
  if (!parsed.ok) return parsed;
  const { repository, digest } = parsed.value;
  if (digest !== undefined && isDigest(digest)) return ok({ repository, digest });
  return fail({
    code: 'usage',
    message: `"${reference}" has no digest.`,
    hint: 'Write registry.example/team/name@sha256:…: the base of an image must not change by itself.',
  });
}

/**
 * Runs `work` on the repository of a base, and closes its connections afterwards. The workspace's login and
 * `plainHttp` apply only to the registry that it publishes to.
 */
export async function inBaseRepository<T>(
  session: Session,
  { repository }: Pick<BasePlace, 'repository'>,
  work: (repository: OpenRepository) => Promise<Result<T>>,
): Promise<Result<T>> {
  const own = ownRegistry(session);
  // Without it nothing tells whether the login is meant for the base.
  if (!own.ok) return own;
  const isOwn = own.value === repository.registry;
  const opened = openRemote(repository, {
    context: session.context,
    env: isOwn ? session.env : { ...session.env, REGISTRY_USERNAME: undefined, REGISTRY_PASSWORD: undefined },
    plainHttp: isOwn && session.options.plainHttp,
  });
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}
