import { fail, ok, type Result } from '@image-tooling/model';
import { openRepository, type OpenRepository } from '@image-tooling/oci/registry-client';
import { parseRepository } from '@image-tooling/oci/registry-reference';
import { maxSatisfying } from 'semver';
import type { Call } from '../command-line/call';

/** Runs `work` with a repository of a registry, with the credentials of docker and podman. */
export async function withRepository<T>(
  { host, options }: Call,
  name: string,
  work: (repository: OpenRepository) => Promise<Result<T>>,
): Promise<Result<T>> {
  const parsed = parseRepository(name);
  if (!parsed.ok) return parsed;
  const stop = new AbortController();
  const plainHttp = options['plain-http'] !== undefined;
  const note = (line: string): void => void host.stderr.write(`${line}\n`);
  const repository = openRepository(parsed.value, { env: host.env, signal: stop.signal, plainHttp, note });
  try {
    return await work(repository);
  } finally {
    await repository.close();
  }
}

/** Returns the digest of a version: of its index, which is the same on all processors. */
export async function digestOf(
  repository: OpenRepository,
  name: string,
  version: string,
): Promise<Result<string>> {
  const found = await repository.headManifest(version);
  if (!found.ok) return found;
  if (found.value) return ok(found.value.digest);
  return fail({
    code: 'gone',
    message: `There is no ${name}:${version}.`,
    hint: 'Check name and version; if the registry needs a log-in: docker login or podman login.',
  });
}

/** Returns the highest x.y.z among a repository's tags, without pre-releases. Fails with `gone` if no tag is such a version. */
export async function newestVersion(repository: OpenRepository, name: string): Promise<Result<string>> {
  const tags = await repository.listTags();
  if (!tags.ok) return tags;
  // "*" is every version but pre-releases.
  const newest = maxSatisfying(tags.value, '*');
  if (newest !== null) return ok(newest);
  return fail({
    code: 'gone',
    message: `${name} has no tag such as 1.2.3.`,
    hint: 'Give a version: toolbox update <tag>',
  });
}
