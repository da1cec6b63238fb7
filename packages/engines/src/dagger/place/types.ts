import type { Result } from '@image-tooling/model';
import type { Environment } from '../environment';

/** A place with a Dagger engine. */
export type EnginePlace = OpenSession | Runner | ContainerProgram;

/** A session that another program opened, and ends. */
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
  /** Printed after "no Dagger engine: ". */
  readonly cause: string;
  /** For an unset variable, which is not reported. */
  readonly optional?: boolean;
  /** The output of the program, or the error. */
  readonly detail?: string;
}

export type Looked =
  { readonly found: EnginePlace } | { readonly found?: undefined; readonly nothing: Nothing };

/**
 * Looks for an engine at one place. Fails if the environment names an engine that can't be used; any other
 * missing engine is `nothing`.
 */
export type Look = (env: Environment, signal?: AbortSignal) => Promise<Result<Looked>>;
