import { randomBytes } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { discard, makeFolder, renameIfThere } from '@image-tooling/host';
import { ignoreMissing } from './missing';
import { UPLOADS } from './uploads';

/** Files that wait for their removal; more would need too much memory. */
const MOST_WAITING = 10_000;
const AT_ONCE = 4;

/**
 * Deletes files in two steps. A rename frees the key at once; removing a file frees its blocks, for which ext4 with
 * "discard" waits for the disk. What a killed process leaves is removed as a stale upload.
 */
export class Deletions {
  private readonly waiting: string[] = [];
  private removal: Promise<void> | undefined;

  /** @param root of the store */
  constructor(
    private readonly root: string,
    private readonly mostWaiting = MOST_WAITING,
  ) {}

  /** Frees the key of a file; a free key stays free. Throws file system errors. */
  async delete(path: string): Promise<void> {
    const aside = await this.moveAside(path).catch((error: unknown) => ignoreMissing(error, undefined));
    if (aside === undefined) return;
    this.waiting.push(aside);
    if (this.waiting.length > this.mostWaiting) await this.removeWaiting();
    this.removal ??= this.removeWaiting().finally(() => (this.removal = undefined));
  }

  /** Removes all deleted files. Never fails. */
  async finish(): Promise<void> {
    await Promise.all([this.removal, ...Array.from({ length: AT_ONCE }, () => this.removeWaiting())]);
  }

  /** A folder is not an object, and a rename would move all that is in it. */
  private async moveAside(path: string): Promise<string | undefined> {
    if (!(await lstat(path)).isFile()) return undefined;
    const aside = join(this.root, UPLOADS, `deleted-${process.pid}-${randomBytes(8).toString('hex')}`);
    if (await renameIfThere(path, aside)) return aside;
    // The file is gone, or there is no folder yet.
    await makeFolder(dirname(aside));
    return (await renameIfThere(path, aside)) ? aside : undefined;
  }

  private async removeWaiting(): Promise<void> {
    for (let path = this.waiting.pop(); path !== undefined; path = this.waiting.pop()) await discard(path);
  }
}
