import type { HostResult } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';

/**
 * A program that pulls images from a registry. Each keeps what it pulls in a temporary folder of its own and
 * speaks http to this machine's registries, without any setting of the machine being changed. References are
 * `127.0.0.1:5000/name:tag` or `…@sha256:…`.
 */
export interface Consumer {
  readonly name: string;
  /** Why it can't be tested here; undefined if it can. */
  available(): Promise<string | undefined>;
  /** Its version, for reports: "podman version 4.3.1". */
  version(): Promise<string>;
  /** Whether this version reads layers that are compressed with zstd. */
  readsZstd(): Promise<boolean>;
  /** Pulls and unpacks. Fails with `command-failed`, `command-missing` or `timeout`. */
  pull(reference: string): Promise<Result<void>>;
  /**
   * Runs a command in what was pulled, as the image's user, without network where the program can. Any exit
   * code of the command is a success here. Undefined for programs that run nothing.
   */
  readonly run?: (reference: string, argv: readonly string[]) => Promise<Result<HostResult>>;
  /** Stops its processes and removes what was pulled. Can be called twice, and before anything else. */
  cleanup(): Promise<void>;
}
