import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { caught, isErrno, valueOf, writeFileAtomic } from '@image-tooling/host';
import { hexOf, ok, type Digest, type Result } from '@image-tooling/model';
import type { LocalBlob } from '@image-tooling/oci';

/**
 * Blobs of a registry that publishes of this machine sent and have not read back: a file for each, with the
 * paths of the repositories they were sent to, one a line. Kept on disk: another publish may need the blob
 * before its sender has read it back, or after the sender was killed.
 */
export class UnreadMarks {
  constructor(private readonly folder: string) {}

  /** Returns the repositories of an unread blob. A mark that can't be read counts as one repository. */
  async of(digest: Digest): Promise<readonly string[]> {
    try {
      return (await readFile(this.fileOf(digest), 'utf8')).split('\n');
    } catch (error) {
      return isErrno(error) && error.code === 'ENOENT' ? [] : [''];
    }
  }

  /** Fails with `disk-full` or `io`. */
  async add(digest: Digest, repository: string): Promise<Result<void>> {
    const known = await this.of(digest);
    return known.includes(repository) ? ok(undefined) : this.write(digest, [...known, repository]);
  }

  /** Fails with `disk-full` or `io`. */
  async write(digest: Digest, repositories: readonly string[]): Promise<Result<void>> {
    const file = this.fileOf(digest);
    if (repositories.length > 0) return writeFileAtomic(file, repositories.join('\n'));
    return caught(file, () => rm(file, { force: true }));
  }

  private fileOf(digest: Digest): string {
    return join(this.folder, `${hexOf(digest)}.unread`);
  }
}

/** Returns a blob that runs `before` each time its first byte is read; reading fails if `before` does. */
export function announced(blob: LocalBlob, before: () => Promise<Result<void>>): LocalBlob {
  async function* after(open: () => AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    valueOf(await before());
    yield* open();
  }
  const { openUnhashed } = blob;
  return {
    ...blob,
    open: () => after(() => blob.open()),
    ...(openUnhashed && { openUnhashed: () => after(openUnhashed) }),
  };
}
