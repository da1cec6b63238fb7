import { failWith, ok, type BlobRow, type Digest, type Result, type RunContext } from '@image-tooling/model';
import { indexBlobs, mapResults, type PushedHow, type Repository } from '@image-tooling/oci';
import { uniqueByCode } from '../../unique-failures';
import type { UnreadBlobs } from '../../pushed-blobs/unread-blobs';
import type { Verified } from './verified';

export interface VerifyOptions {
  readonly image: string;
  /** The blobs that this publish brought to the repository. */
  readonly rows: readonly BlobRow[];
  readonly unread: UnreadBlobs;
  readonly context: RunContext;
}

/**
 * Checks an index in a registry by digest: reads its manifests, and the blobs that publishes of this machine
 * sent and none has read back; asks for all other blobs. The checks of the image are not run: its digest is
 * the tested one. Fails with `gone` if the registry lacks a part, with `checksum` if one is wrong.
 */
export async function verifyPushed(
  repository: Repository,
  index: Digest,
  { image, rows, unread, context }: VerifyOptions,
): Promise<Result<Verified>> {
  const step = context.progress.step(`${image}: check what the registry serves`);
  const how = new Map(rows.map((row) => [row.digest, row.how]));
  const sizes = await provenSizes(repository, index, { unread, how });
  if (!sizes.ok) {
    step.failed();
    return sizes;
  }
  const bytes = sizes.value.reduce((sum, size) => sum + size, 0);
  step.done(bytes > 0 ? { origin: 'fetched', bytes } : { origin: 'present' });
  return ok({ readBack: { blobs: sizes.value.length, bytes }, checkedAgain: [] });
}

interface Proofs {
  readonly unread: UnreadBlobs;
  readonly how: ReadonlyMap<Digest, PushedHow>;
}

/** Returns the sizes of the blobs that were read back. */
async function provenSizes(
  repository: Repository,
  index: Digest,
  { unread, how }: Proofs,
): Promise<Result<number[]>> {
  const blobs = await indexBlobs(repository, index);
  if (!blobs.ok) return blobs;
  // First what no other publish may be reading.
  const isSent = ({ digest }: { digest: Digest }) => how.get(digest) === 'pushed';
  const sorted = [...blobs.value.filter(isSent), ...blobs.value.filter((blob) => !isSent(blob))];
  const sizes = await mapResults(sorted, (blob) =>
    unread.prove(blob.digest, how.get(blob.digest) ?? 'present', {
      read: () => after(repository.verifyBlob(blob), [blob.size]),
      ask: () => after(repository.expectBlob(blob), []),
    }),
  );
  return sizes.ok ? ok(sizes.value.flat()) : failWith(uniqueByCode(sizes.failures));
}

async function after<T>(check: Promise<Result<void>>, value: T): Promise<Result<T>> {
  const checked = await check;
  return checked.ok ? ok(value) : checked;
}
