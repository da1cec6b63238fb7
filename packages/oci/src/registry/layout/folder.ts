import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, isErrno, makeFolder, valueOf, writeFileAtomic } from '@image-tooling/host';
import { digestOf, hexOf, type Digest } from '@image-tooling/model';
import { Blobs, filePieces } from '../../store/blobs';
import { LAYOUT_FILE } from '../../store/layout';
import { checked } from '../blobs/checked';

const MARK = 'oci-layout';
const TEMPORARY = '.tmp';

/** The files of an OCI image layout (OCI image-spec 1.1, image-layout.md). */
export class LayoutFolder {
  private readonly blobs: Blobs;
  private marked: Promise<void> | undefined;

  constructor(readonly path: string) {
    this.blobs = new Blobs(join(path, 'blobs', 'sha256'), join(path, TEMPORARY));
  }

  get indexFile(): string {
    return join(this.path, 'index.json');
  }

  sizeOf(digest: Digest): Promise<number | undefined> {
    return this.blobs.sizeOf(digest);
  }

  /** Reads a blob and checks its digest. Throws a `Fault`: `gone` or `checksum`. */
  async *pieces(digest: Digest): AsyncGenerator<Uint8Array> {
    const size = (await this.sizeOf(digest)) ?? 0;
    yield* checked(this.unhashedPieces(digest), { digest, size, from: this.blobs.pathOf(digest) });
  }

  /** Reads a blob without a check. Throws a `Fault`: `gone`. */
  async *unhashedPieces(digest: Digest): AsyncGenerator<Uint8Array> {
    if ((await this.sizeOf(digest)) === undefined) throw this.gone(digest);
    yield* filePieces(this.blobs.pathOf(digest));
  }

  async put(source: AsyncIterable<Uint8Array>, digest: Digest): Promise<void> {
    await this.mark();
    valueOf(await this.blobs.put(source, { expected: digest }));
  }

  async putBytes(bytes: Uint8Array): Promise<void> {
    async function* one(): AsyncGenerator<Uint8Array> {
      yield bytes;
    }
    await this.put(one(), digestOf(bytes));
  }

  async remove(digest: Digest): Promise<void> {
    await rm(this.blobs.pathOf(digest), { force: true });
  }

  /** Removes temporary files, if possible: a path that is read-only or not a folder was reported before. */
  async close(): Promise<void> {
    await rm(join(this.path, TEMPORARY), { recursive: true, force: true }).catch(() => undefined);
  }

  /** Makes the folder an OCI layout. Throws a `Fault` with `usage` if it contains something else. */
  mark(): Promise<void> {
    this.marked ??= this.writeMark();
    return this.marked;
  }

  private async writeMark(): Promise<void> {
    const names = await namesIn(this.path);
    if (names.includes(MARK)) return;
    if (names.length > 0) throw this.occupied();
    await makeFolder(this.path);
    valueOf(await writeFileAtomic(join(this.path, MARK), LAYOUT_FILE));
  }

  private occupied(): Fault {
    return new Fault({
      code: 'usage',
      message: `${this.path} is not empty and not an OCI layout; nothing was changed.`,
      hint: 'Name a folder that does not exist yet.',
    });
  }

  private gone(digest: Digest): Fault {
    return new Fault({
      code: 'gone',
      message: `${this.path} has no blob ${hexOf(digest)}.`,
      hint: 'The copy may be incomplete: copy it again.',
    });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown): string[] => {
    if (isErrno(error) && error.code === 'ENOENT') return [];
    throw error;
  });
}
