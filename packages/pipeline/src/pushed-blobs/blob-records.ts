import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@image-tooling/host';
import { digestOf, hexOf, type Digest, type Result } from '@image-tooling/model';
import type { LocalBlob, PushedBlob, PushedHow, RepositoryName } from '@image-tooling/oci';
import type { Session } from '../session';
import { announced, UnreadMarks } from './unread-marks';
import type { BlobProof, UnreadBlobs } from './unread-blobs';

/** What publishes of this machine know about the blobs of a registry. */
export interface BlobRecords extends UnreadBlobs {
  /**
   * Runs `work` with the paths of repositories that should have a blob, while no other publish on this
   * machine pushes it or reads it back; remembers this repository on success. A blob that is sent is unread
   * from its first byte on.
   */
  push(
    blob: LocalBlob,
    work: (blob: LocalBlob, mountFrom: readonly string[]) => Promise<Result<PushedBlob>>,
  ): Promise<Result<PushedBlob>>;
}

/**
 * Opens the records of a repository's registry in the store. Images share layers, and Nx publishes several at
 * once: the second waits for the first, and mounts the layer instead of sending it. An outdated place does no
 * harm: the registry then asks for the bytes.
 */
export function blobRecords(
  session: Pick<Session, 'store' | 'context'>,
  repository: RepositoryName,
): BlobRecords {
  return new StoredRecords(session, repository);
}

class StoredRecords implements BlobRecords {
  private readonly host: string;
  private readonly folder: string;
  private readonly unread: UnreadMarks;

  constructor(
    private readonly session: Pick<Session, 'store' | 'context'>,
    private readonly repository: RepositoryName,
  ) {
    this.host = hexOf(digestOf(repository.registry));
    this.folder = join(session.store.root, 'pushed', this.host);
    this.unread = new UnreadMarks(this.folder);
  }

  push: BlobRecords['push'] = (blob, work) =>
    this.alone(blob.digest, async () => {
      const { path } = this.repository;
      const file = join(this.folder, hexOf(blob.digest));
      const known = await readFile(file, 'utf8').catch(() => undefined);
      const marked = announced(blob, () => this.unread.add(blob.digest, path));
      const done = await work(marked, known === undefined || known === path ? [] : [known]);
      if (!done.ok) return done;
      const kept = await writeFileAtomic(file, path);
      return kept.ok ? done : kept;
    });

  /** Looks without the lock first: a blob that this publish got from another one was marked before. */
  prove: BlobRecords['prove'] = async (digest, how, proof) => {
    if ((await this.unread.of(digest)).length === 0) return proof.ask();
    return this.alone(digest, () => this.proveAlone(digest, how, proof));
  };

  private async proveAlone<T>(digest: Digest, how: PushedHow, proof: BlobProof<T>): Promise<Result<T>> {
    const unread = await this.unread.of(digest);
    if (unread.length === 0) return proof.ask();
    const read = await proof.read();
    if (!read.ok) return read;
    const removed = await this.unread.write(digest, this.stillUnread(unread, how));
    return removed.ok ? read : removed;
  }

  /** A mounted blob is the one that was sent to the other repository; with several it is unknown which. */
  private stillUnread(unread: readonly string[], how: PushedHow): readonly string[] {
    const others = unread.filter((path) => path !== this.repository.path);
    return others.length < unread.length || how !== 'mounted' || others.length > 1 ? others : [];
  }

  private alone<T>(digest: Digest, work: () => Promise<Result<T>>): Promise<Result<T>> {
    const { store, context } = this.session;
    return store.lock(`push ${this.host.slice(0, 16)} ${hexOf(digest)}`, context, work);
  }
}

/** For dry runs, which send nothing. */
export const NO_RECORDS: BlobRecords = {
  push: (blob, work) => work(blob, []),
  prove: (_digest, _how, { ask }) => ask(),
};
