import type { Progress } from '@image-tooling/model';
import type { Environment } from './environment';

/** An open session with a Dagger engine. */
export interface DaggerSession {
  /** On the loopback interface. */
  readonly port: number;
  /** Never printed. */
  readonly token: string;
  /** In the engine's notation: "v0.21.8". */
  readonly engineVersion: string;
  /** For the description: "session of the environment", an engine's address, "docker", "podman". */
  readonly origin: string;
  /** Leaves the session, and ends it if it belongs to this process. Safe to call twice; never hangs. */
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly env: Environment;
  /** Absolute path of the store, which contains the sessions. */
  readonly storeRoot: string;
  readonly signal?: AbortSignal;
  /** Reports slow work: pulling an engine's image, downloading `dagger`. */
  readonly progress?: Progress;
}
