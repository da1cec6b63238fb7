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

/** A refusal of somebody we have no credentials for: 401 asks for some, 403 may have other reasons. */
export interface Anonymous {
  readonly status: number;
  /** What was sent in place of credentials: nothing, or a token that a token service gives to everybody. */
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
          `refuses it (403); it was asked ${asked}, as there are no credentials for it`,
          `If it needs a login, ${advice}. Otherwise a rule of the registry, or a proxy before it, forbids it.`,
        ]
      : [`wants a login (${status}), and there are no credentials for it`, `To log in, ${advice}.`];
  return {
    code: 'registry-auth',
    message: `Could not ${purpose}: ${registry} ${says}.`,
    hint,
    details: words,
  };
}

/** A registry that refuses a request without having asked for a login: what there is was not sent. */
export function unaskedCredentials(
  { purpose, registry }: Subject,
  { from }: Credentials,
  words: readonly string[],
): Failure {
  return {
    code: 'registry-auth',
    message: `Could not ${purpose}: ${registry} refuses it (403) without asking for a login; the credentials of ${from} were not sent.`,
    hint: 'A rule of the registry, or a proxy before it, forbids it: ask its owner.',
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
    message: `Could not ${purpose}: ${registry} says wrong or expired credentials (${status}); they came from ${from}.`,
    hint: `To log in again, ${loginAdvice(registry)}.`,
    details: words,
  };
}

/** What the user of some credentials may not do. */
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
