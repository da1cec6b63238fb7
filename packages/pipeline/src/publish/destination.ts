import { fail, type Result } from '@image-tooling/model';
import { parseRepository, repositoryText, type RepositoryName } from '@image-tooling/oci';
import type { Session } from '../session';

/**
 * The repository of an image: the template of nx.json with its registry, or with IMAGE_REGISTRY of this machine.
 * Fails with `usage` where neither names one, and where the result is no repository.
 */
export function repositoryOf(
  { options, env }: Pick<Session, 'options' | 'env'>,
  image: string,
): Result<RepositoryName> {
  const registry = env['IMAGE_REGISTRY'] || options.registry;
  if (registry === undefined)
    return fail({
      code: 'usage',
      message: 'No registry is set to publish to.',
      hint: 'Set "registry" in the options of @image-tooling/nx in nx.json ("registry.example/team"), or IMAGE_REGISTRY.',
    });
  const text = options.repository.replaceAll('{registry}', registry).replaceAll('{image}', image);
  return parseRepository(text.replace(/\/{2,}/g, '/'));
}

/** The lock that a publish to a repository holds on this machine. */
export function publishLock(repository: RepositoryName): string {
  return `publish ${repositoryText(repository)}`;
}
