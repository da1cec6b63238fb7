import { caught, Fault } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import { repositoryText, type Descriptor, type Repository } from '@image-tooling/oci';

/** Bytes of the largest attachment that is read: an SBOM of thousands of packages has a few million. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Reads a small blob into memory, hashed. Fails with `gone`, `checksum`, `too-large`, and as the registry does. */
export function readBlob(
  repository: Repository,
  blob: Pick<Descriptor, 'digest' | 'size'>,
): Promise<Result<Buffer>> {
  return caught(repositoryText(repository.name), async () => {
    if (blob.size > MOST_BYTES) throw tooLarge(repository, blob);
    const pieces: Uint8Array[] = [];
    for await (const piece of repository.blobOf(blob).open()) pieces.push(piece);
    return Buffer.concat(pieces);
  });
}

function tooLarge({ name }: Repository, { digest, size }: Pick<Descriptor, 'digest' | 'size'>): Fault {
  return new Fault({
    code: 'too-large',
    message: `The attachment ${digest} in ${repositoryText(name)} has ${size} bytes; at most ${MOST_BYTES} are read.`,
  });
}
