import type { Failure } from '@image-tooling/model';
import { isDockerHub } from '../transport/base';
import type { Credentials } from './credentials';

/** The attempted operation and its registry, for messages. */
export interface Subject {
  readonly purpose: string;
  /** The registry, as users write it. */
  readonly registry: string;
  /** `registry.example/team/name` */
  readonly repository: string;
}

/** Returns how to log in to a registry, for hints. */
function loginAdvice(registry: string): string {
  const command = isDockerHub({ registry }) ? 'docker login' : `docker login ${registry}`;
  return `run "${command}", or set REGISTRY_USERNAME and REGISTRY_PASSWORD`;
}

/** A refusal of a request without credentials: 401 requires some, 403 may have other reasons. */
export interface Anonymous {
  readonly status: number;
  /** What was sent instead of credentials: nothing, or an anonymous token of the token service. */
  readonly asked?: 'without a login' | 'with an anonymous token';
  readonly words?: readonly string[];
}

export function noCredentials(
  { purpose, registry }: Subject,
  { status, asked = 'without a login', words = [] }: Anonymous,
): Failure {
  const advice = loginAdvice(registry);
  const [says, hint] =
    status === 403
      ? [
          `refuses it (403); the request was sent ${asked}, because there are no credentials for this registry`,
          `If it needs a login, ${advice}. Otherwise a rule of the registry, or a proxy in front of it, forbids it.`,
        ]
      : [`requires a login (${status}), and there are no credentials for it`, `To log in, ${advice}.`];
  return {
    code: 'registry-auth',
    message: `Could not ${purpose}: ${registry} ${says}.`,
    hint,
    details: words,
  };
}

/** Returns the failure for a 403 without an authentication challenge: our credentials were not sent. */
export function unaskedCredentials(
  { purpose, registry }: Subject,
  { from }: Credentials,
  words: readonly string[],
): Failure {
  return {
    code: 'registry-auth',
    message: `Could not ${purpose}: ${registry} refuses it (403) without asking for a login; the credentials of ${from} were not sent.`,
    hint: 'A rule of the registry, or a proxy in front of it, forbids it: ask its owner.',
    details: words,
  };
}

export function wrongCredentials(
  { purpose, registry }: Subject,
  { from }: Credentials,
  status: number,
  words: readonly string[] = [],
): Failure {
  return {
    code: 'registry-auth',
    message: `Could not ${purpose}: ${registry} rejects the credentials as wrong or expired (${status}); they came from ${from}.`,
    hint: `To log in again, ${loginAdvice(registry)}.`,
    details: words,
  };
}

/** A refusal of a request with valid credentials: the user lacks a permission. */
export interface Forbidden {
  readonly status: number;
  /** The request's scope. */
  readonly actions: readonly string[];
  readonly words: readonly string[];
}

export function mayNot(
  { purpose, registry, repository }: Subject,
  { from }: Credentials,
  { status, actions, words }: Forbidden,
): Failure {
  return {
    code: 'registry-auth',
    message: `Could not ${purpose}: ${registry} refuses it (${status}): the user of ${from} may not ${actionWords(actions)} ${repository}.`,
    hint: 'Ask the owner of the repository for permission, or log in as another user.',
    details: words,
  };
}

/** Returns the failure for an unsupported authentication challenge. */
export function strangeChallenge({ purpose, registry }: Subject, why: string): Failure {
  return {
    code: 'registry-auth',
    message: `Could not ${purpose}: ${registry} asks for a login in an unsupported way: ${why}.`,
    hint: 'Check that this is the address of a registry, and that no proxy answers instead.',
  };
}

function actionWords(scope: readonly string[]): string {
  const actions = scope.join(',');
  if (actions.includes('delete')) return 'delete in';
  return actions.includes('push') ? 'push to' : 'pull from';
}
