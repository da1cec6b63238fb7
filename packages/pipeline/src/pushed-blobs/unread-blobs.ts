import type { Digest, Result } from '@image-tooling/model';
import type { PushedHow } from '@image-tooling/oci';

/** Two ways to check a blob that a registry has. */
export interface BlobProof<T> {
  /** Reads all bytes and hashes them. */
  readonly read: () => Promise<Result<T>>;
  /** Asks whether it is there. */
  readonly ask: () => Promise<Result<T>>;
}

/** Which blobs of a registry still have to be read back. */
export interface UnreadBlobs {
  /**
   * Runs `read` for a blob that a publish of this machine sent and none has read back, and remembers success;
   * runs `ask` for all others: they were in the registry before, or another publish of this run read them.
   *
   * @param how how the blob got to this repository
   */
  prove<T>(digest: Digest, how: PushedHow, proof: BlobProof<T>): Promise<Result<T>>;
}
