import type { HttpTimings } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import type { RequestRecord } from './transport/types';

/** Time limits and retries of a registry client, in seconds but for the rate and the counts. */
export interface RegistryTimings extends HttpTimings {
  /** For a credential helper to answer: a user may have to unlock a key ring. */
  readonly helperSeconds: number;
}

/**
 * Tries, back-off and its bounds are those of oras-go (registry/remote/retry/policy.go, DefaultPolicy and
 * DefaultBackoff: 5 retries, 250 ms doubled, 200 ms to 3 s). The others are ours: long enough for a registry that moves
 * a layer of gigabytes on its own disk, short enough for a user who waits. One that takes connections but answers
 * nothing is given up after 80 s on a read, after 11 minutes on a write; every loop of tries keeps to `timeoutTries`,
 * so that tries within tries don't multiply. One that takes no connections is given up after six tries of 10 s.
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

/** What the requests to one repository share. */
export interface RegistryOptions {
  /**
   * Where credentials are looked for: REGISTRY_USERNAME, REGISTRY_PASSWORD (meant for this registry: leave them out
   * for another one, such as the source of a copy), DOCKER_AUTH_CONFIG, REGISTRY_AUTH_FILE, DOCKER_CONFIG,
   * XDG_RUNTIME_DIR, HOME. And proxies: HTTPS_PROXY, HTTP_PROXY, NO_PROXY, in lower case too.
   */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly timings?: Partial<RegistryTimings>;
  /** Speak http to a registry that is not this machine's own. */
  readonly plainHttp?: boolean;
  /** Called for each request when its answer has begun, or when none came. */
  readonly onRequest?: (record: RequestRecord) => void;
  /** Called with the registry's time for each of its own answers that has it. */
  readonly onDate?: (date: Date) => void;
  /** Called with lines to show: waits, warnings of the registry. */
  readonly note?: (line: string) => void;
  /** Sends reads only; writes are recorded, and answered as a registry would. */
  readonly dryRun?: boolean;
  /** Runs `work` while no other process of this machine holds that name (default: no other caller in this process). */
  readonly exclusive?: <T>(name: string, work: () => Promise<Result<T>>) => Promise<Result<T>>;
}
