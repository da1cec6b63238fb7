import { fail, ok, type Result } from '@image-tooling/model';
import type { RepositoryName } from '../reference';
import { configFiles } from './config-files';
import { credentialsInFile } from './config-credentials';
import type { Credentials, CredentialsOptions } from './credential-types';

export type { Credentials, CredentialsOptions } from './credential-types';

/**
 * Returns the credentials for a registry: REGISTRY_USERNAME and REGISTRY_PASSWORD, else those of the first of
 * DOCKER_AUTH_CONFIG, docker's and podman's files that has some; undefined if nothing is found. Fails with
 * `registry-auth`, `json-syntax`, or as a credential helper does.
 */
export async function findCredentials(
  name: RepositoryName,
  options: CredentialsOptions,
): Promise<Result<Credentials | undefined>> {
  const fromEnvironment = environmentCredentials(options.env);
  if (!fromEnvironment.ok || fromEnvironment.value) return fromEnvironment;
  for (const file of configFiles(options.env)) {
    const found = await credentialsInFile(file, name, options);
    if (!found.ok || found.value) return found;
  }
  return ok(undefined);
}

function environmentCredentials(env: NodeJS.ProcessEnv): Result<Credentials | undefined> {
  const username = env['REGISTRY_USERNAME'] ?? '';
  const password = env['REGISTRY_PASSWORD'] ?? '';
  if (username === '' && password === '') return ok(undefined);
  if (username !== '' && password !== '')
    return ok({ kind: 'password', username, password, from: 'REGISTRY_USERNAME and REGISTRY_PASSWORD' });
  const [set, missing] = username === '' ? ['PASSWORD', 'USERNAME'] : ['USERNAME', 'PASSWORD'];
  return fail({
    code: 'registry-auth',
    message: `REGISTRY_${set} is set, but REGISTRY_${missing} is not.`,
    hint: 'Set both, or neither to use docker login.',
  });
}
