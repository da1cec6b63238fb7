/**
 * Every way a run can fail that is not a bug. One code each: messages are for display,
 * codes are for tests and scripts.
 */
export type FailureCode =
  // definitions and locks
  | 'json-syntax'
  | 'schema'
  | 'unknown-reference'
  | 'cycle'
  | 'duplicate'
  | 'platform'
  | 'lock-missing'
  | 'lock-stale'
  | 'lock-tampered'
  | 'rootfs'
  | 'base-unusable'
  // the Debian archive
  | 'package-not-found'
  | 'package-conflict'
  | 'parent-changed'
  | 'release-expired'
  | 'release-unsigned'
  | 'release-wrong-key'
  | 'release-altered'
  | 'release-wrong-suite'
  | 'release-future'
  | 'archive-format'
  // fetching
  | 'checksum'
  | 'truncated'
  | 'http-status'
  | 'network'
  | 'timeout'
  | 'gone'
  | 'too-large'
  // tools from Go modules
  | 'go-sum'
  | 'go-build'
  | 'go-toolchain'
  // layers and the store
  | 'tar-format'
  | 'collision'
  | 'not-reproducible'
  | 'store-corrupt'
  | 'store-owner'
  | 'disk-full'
  | 'io'
  // engines and host commands
  | 'no-engine'
  | 'engine'
  | 'step-failed'
  | 'command-missing'
  | 'command-failed'
  // registries
  | 'registry-auth'
  | 'registry-refused'
  | 'registry-full'
  | 'rate-limit'
  | 'tag-taken'
  | 'not-publishable'
  | 'clock'
  | 'image-format'
  // signatures and attestations
  | 'signing-failed'
  | 'unsigned'
  | 'signature-invalid'
  | 'attestation-missing'
  // what is tried in finished images
  | 'check-failed'
  // scans
  | 'scan-invalid'
  | 'scan-failed'
  | 'usage'
  | 'aborted';

/** A place in a file: what an editor needs to jump there, and what a person needs to see. */
export interface Place {
  /** Path, relative to the workspace root where it lies inside. */
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based, in UTF-16 code units. */
  readonly column?: number;
  /** Lines of the file with the mistake marked, ready to print. */
  readonly excerpt?: string;
}

/** One thing that went wrong, with what a user needs to fix it. Never contains a secret. */
export interface Failure {
  readonly code: FailureCode;
  /** What is wrong, and what was expected: one sentence. */
  readonly message: string;
  /** What to do next: one sentence, with the command where there is one. */
  readonly hint?: string;
  readonly place?: Place;
  /** The path that could not be written; not printed. Decides whether the hint is about the store. */
  readonly path?: string;
  /** Facts below the message: both hashes, the last lines of a program's output, the addresses tried. */
  readonly details?: readonly string[];
  /** The addresses of a download and what each answered; not printed, `details` says it in words. */
  readonly asked?: readonly AskedAddress[];
}

/** An address that was asked for a file. */
export interface AskedAddress {
  readonly url: string;
  /** The HTTP status; undefined where no answer came. */
  readonly status?: number;
}
