import type { Failure } from '@image-tooling/model';
import { isDockerHub } from '../transport/base';
import type { Credentials } from './credentials';

/** What was to be done, and where: for messages. */
export interface Subject {
  readonly purpose: string;
  /** The registry, as its users write it. */
  readonly registry: string;
  /** `registry.example/team/name` */
  readonly repository: string;
}

/** How to log in to a registry, for hints. */
function loginAdvice(registry: string): string {
  const command = isDockerHub({ registry }) ? 'docker login' : `docker login ${registry}`;
  return `run "${command}", or set REGISTRY_USERNAME and REGISTRY_PASSWORD`;
}

export function noCredentials({ purpose, registry }: Subject, words: readonly string[] = []): Failure {
  return {
    code: 'registry-auth',
    message: `Could not ${purpose}: there are no credentials for ${registry}, and it wants some.`,
    hint: `To log in, ${loginAdvice(registry)}.`,
    details: words,
  };
}

export function wrongCredentials(
  { purpose, registry }: Subject,
  { from }: Credentials,
  words: readonly string[] = [],
): Failure {
  return {
    code: 'registry-auth',
    message: `Could not ${purpose}: ${registry} says wrong or expired credentials; they came from ${from}.`,
    hint: `To log in again, ${loginAdvice(registry)}.`,
    details: words,
  };
}

export function mayNot(
  { purpose, repository }: Subject,
  { from }: Credentials,
  actions: readonly string[],
  words: readonly string[] = [],
): Failure {
  return {
    code: 'registry-auth',
    message: `Could not ${purpose}: the user of ${from} may not ${actionWords(actions)} ${repository}.`,
    hint: 'Ask the owner of the repository for the right to, or log in as another user.',
    details: words,
  };
}

/** A registry that asks for a login in a way that is not understood. */
export function strangeChallenge({ purpose, registry }: Subject, why: string): Failure {
  return {
    code: 'registry-auth',
    message: `Could not ${purpose}: ${registry} asks for a login in a way that is not understood: ${why}.`,
    hint: 'Check that this is the address of a registry, and that no proxy answers in its place.',
  };
}

function actionWords(scope: readonly string[]): string {
  const actions = scope.join(',');
  if (actions.includes('delete')) return 'delete in';
  return actions.includes('push') ? 'push to' : 'pull from';
}
