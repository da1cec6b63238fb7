import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@image-tooling/host';
import { digestOf, hexOf } from '@image-tooling/model';
import { repositoryText, type RepositoryName, type Store } from '@image-tooling/oci';

/** Longer than a run's builds are apart: each build is a process, and would wait for the same registry again. */
const VALID_MS = 5 * 60_000;

/**
 * Remembers in the store that a staging repository failed, so that of a run's many builds one reports it and waits for
 * it. A mark that can't be written or read counts as none.
 */
export class FaultMark {
  private readonly file: string;

  constructor(store: Pick<Store, 'root'>, repository: RepositoryName) {
    this.file = join(store.root, 'staging', `${hexOf(digestOf(repositoryText(repository)))}.failed`);
  }

  async isRecent(): Promise<boolean> {
    const found = await stat(this.file).catch(() => undefined);
    return found !== undefined && Date.now() - found.mtimeMs < VALID_MS;
  }

  async set(): Promise<void> {
    await writeFileAtomic(this.file, '');
  }

  async clear(): Promise<void> {
    await rm(this.file, { force: true }).catch(() => undefined);
  }
}
