import type { HttpTimings } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import type { RequestRecord } from './send';

/** Time limits and retries of a registry client, in seconds except the rate and the counts. */
export interface RegistryTimings extends HttpTimings {
  /** Time limit for a credential helper: a user may have to unlock a key ring. */
  readonly helperSeconds: number;
}

/**
 * Attempts, back-off and its bounds are those of oras-go (registry/remote/retry/policy.go, DefaultPolicy and
 * DefaultBackoff: 5 retries, 250 ms doubled, 200 ms to 3 s). The others are ours: long enough for a registry that
 * moves a layer of gigabytes on its own disk, short enough for a user who waits. A registry that accepts connections
 * but does not answer fails after 80 s on a read, after 11 minutes on a write; every retry loop keeps to
 * `timeoutTries`, so that nested retries don't multiply. A registry that accepts no connections fails after six
 * attempts of 10 s.
 */
export const DEFAULT_TIMINGS: RegistryTimings = {
  connectSeconds: 10,
  readAnswerSeconds: 40,
  writeAnswerSeconds: 310,
  stallSeconds: 30,
  slowSeconds: 30,
  leastBytesPerSecond: 1024,
  tries: 6,
  timeoutTries: 2,
  backoffSeconds: 0.25,
  shortestWaitSeconds: 0.2,
  longestWaitSeconds: 3,
  longestAskedWaitSeconds: 60,
  helperSeconds: 30,
};

/** The options of all requests to one repository. */
export interface RegistryOptions {
  /**
   * Where credentials are searched: REGISTRY_USERNAME, REGISTRY_PASSWORD (meant for this registry: leave them out
   * for another one, such as the source of a copy), DOCKER_AUTH_CONFIG, REGISTRY_AUTH_FILE, DOCKER_CONFIG,
   * XDG_RUNTIME_DIR, HOME. Proxies: HTTPS_PROXY, HTTP_PROXY, NO_PROXY, in lower case too.
   */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly timings?: Partial<RegistryTimings>;
  /** Use http for a registry on another machine. */
  readonly plainHttp?: boolean;
  /** Called for each request when its answer has begun, or when it failed. */
  readonly onRequest?: (record: RequestRecord) => void;
  /** Called with the registry's time, for each of its answers that has a date. */
  readonly onDate?: (date: Date) => void;
  /** Called with lines to show: waits, warnings of the registry. */
  readonly note?: (line: string) => void;
  /** Sends reads only; writes are recorded, and get the answers of a registry. */
  readonly dryRun?: boolean;
  /** Runs `work` while no other process of this machine holds that name (default: no other caller in this process). */
  readonly exclusive?: <T>(name: string, work: () => Promise<Result<T>>) => Promise<Result<T>>;
}
