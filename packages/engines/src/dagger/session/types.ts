import type { Progress } from '@image-tooling/model';
import type { Environment } from '../environment';

/** A session with a Dagger engine, open. */
export interface DaggerSession {
  /** On the loopback interface. */
  readonly port: number;
  /** Never printed. */
  readonly token: string;
  /** As the engine says it: "v0.21.8". */
  readonly engineVersion: string;
  /** For the description: "session of the environment", an engine's address, "docker", "podman". */
  readonly origin: string;
  /** Leaves it; ends it where this process opened it for itself alone. Safe to call twice; never hangs. */
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly env: Environment;
  /** Absolute path of the store: sessions are kept below it. */
  readonly storeRoot: string;
  readonly signal?: AbortSignal;
  /** Told about what takes long: an engine's image that is pulled, `dagger` that is downloaded. */
  readonly progress?: Progress;
}
