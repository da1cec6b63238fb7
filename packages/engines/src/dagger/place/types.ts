import type { Result } from '@image-tooling/model';
import type { Environment } from '../environment';

/** Where a Dagger engine was found. */
export type EnginePlace = OpenSession | Runner | ContainerProgram;

/** A session that somebody else opened, and ends. */
export interface OpenSession {
  readonly kind: 'session';
  readonly origin: string;
  readonly port: number;
  /** Never printed. */
  readonly token: string;
  readonly engineVersion: string;
}

/** An engine at the address that `_EXPERIMENTAL_DAGGER_RUNNER_HOST` names. */
export interface Runner {
  readonly kind: 'runner';
  readonly origin: string;
  readonly address: string;
}

/** A program that can start an engine as a container, its daemon alive. */
export interface ContainerProgram {
  readonly kind: 'container';
  readonly origin: 'docker' | 'podman';
}

/** Why there is no engine at a place. */
export interface Nothing {
  /** Some words that go on after "no Dagger engine: ". */
  readonly cause: string;
  /** A variable that is not set: nothing that a user misses. */
  readonly optional?: boolean;
  /** What was said there. */
  readonly detail?: string;
}

export type Looked =
  { readonly found: EnginePlace } | { readonly found?: undefined; readonly nothing: Nothing };

/**
 * Looks at one place. What the environment names explicitly and can't be used is a failure; anything else that
 * is not there is `nothing`.
 */
export type Look = (env: Environment, signal?: AbortSignal) => Promise<Result<Looked>>;
