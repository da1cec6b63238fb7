import { failWith, ok, type Failure, type Result } from '@image-tooling/model';
import { Fault } from '../fault';
import type { LocalBlob, PushBlobOptions, PushedBlob, Repository } from './port';

export interface BlobToPush extends PushBlobOptions {
  readonly blob: LocalBlob;
}

/** As many as docker and skopeo send at once, or fewer: a registry counts its connections. */
const AT_ONCE = 4;

/**
 * Pushes blobs, some at a time; rows in their order. After the first failure no other is begun, and those under way
 * are given up. Fails with all that went wrong by itself.
 */
export async function pushBlobs(
  to: Repository,
  blobs: readonly BlobToPush[],
  atOnce = AT_ONCE,
): Promise<Result<PushedBlob[]>> {
  const rows: PushedBlob[] = [];
  const failures: Failure[] = [];
  const waiting = blobs.entries();
  const isStopped = (): boolean => failures.length > 0;
  const worker = async (): Promise<void> => {
    for (const [at, { blob, ...options }] of waiting) {
      if (isStopped()) return;
      const result = await to.pushBlob(stoppable(blob, isStopped), options);
      if (result.ok) rows[at] = result.value;
      else failures.push(...result.failures.filter((one) => !(one.code === 'aborted' && isStopped())));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, blobs.length) }, worker));
  return failures.length > 0 ? failWith(failures) : ok(rows);
}

function stoppable(blob: LocalBlob, isStopped: () => boolean): LocalBlob {
  async function* open(): AsyncGenerator<Uint8Array> {
    for await (const piece of blob.open()) {
      if (isStopped())
        throw new Fault({ code: 'aborted', message: 'Given up, since another blob could not be pushed.' });
      yield piece;
    }
  }
  return { ...blob, open };
}
