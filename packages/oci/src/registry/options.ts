import type { Result } from '@image-tooling/model';
import type { RequestRecord } from './transport/types';

/** How patient a registry client is. All in seconds, but for the two counts. */
export interface RegistryTimings {
  /** To a connection, TLS included. */
  readonly connectSeconds: number;
  /** From the request of a read, or of an upload's beginning, to the beginning of its answer. */
  readonly readAnswerSeconds: number;
  /** From a write's last byte to the beginning of its answer: a registry may move a whole blob in this time. */
  readonly writeAnswerSeconds: number;
  /** Without a byte of an answer, or without taking a byte of an upload. */
  readonly stallSeconds: number;
  /** Over so long a wait for the network the rate is measured. */
  readonly slowSeconds: number;
  /** Bytes a second; a stream below this rate has ended for us. */
  readonly leastBytesPerSecond: number;
  /** Tries of a request, the first one included. */
  readonly tries: number;
  /** Wait after the first failed try; doubles with each further one. */
  readonly backoffSeconds: number;
  readonly shortestWaitSeconds: number;
  readonly longestWaitSeconds: number;
  /** A longer wait that a registry asks for (Retry-After) is a failure at once. */
  readonly longestAskedWaitSeconds: number;
  /** For a credential helper to answer: a person may have to unlock a key ring. */
  readonly helperSeconds: number;
}

/**
 * Tries, back-off and its bounds are those of oras-go (registry/remote/retry/policy.go, DefaultPolicy and
 * DefaultBackoff: 5 retries, 250 ms doubled, 200 ms to 3 s). The others are ours: patient enough for a registry
 * that moves a layer of gigabytes on its own disk, short enough for a person who waits.
 */
export const DEFAULT_TIMINGS: RegistryTimings = {
  connectSeconds: 10,
  readAnswerSeconds: 30,
  writeAnswerSeconds: 300,
  stallSeconds: 30,
  slowSeconds: 30,
  leastBytesPerSecond: 1024,
  tries: 6,
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
  /** Told of each request when its answer has begun, or was none. */
  readonly onRequest?: (record: RequestRecord) => void;
  /** Told the registry's time with each of its own answers that says it. */
  readonly onDate?: (date: Date) => void;
  /** Told what takes long: "the registry asks to wait 20 s". */
  readonly note?: (line: string) => void;
  /** Reads are made, writes only recorded; they are answered as a registry would. */
  readonly dryRun?: boolean;
  /** Runs `work` while nobody else on this machine holds that name (default: nobody else in this process). */
  readonly exclusive?: <T>(name: string, work: () => Promise<Result<T>>) => Promise<Result<T>>;
}
