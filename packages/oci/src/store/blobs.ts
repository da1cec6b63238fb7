import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { caught, checkSignal, discard, Fault, newOwnedName } from '@image-tooling/host';
import { fail, hexOf, isDigest, ok, type Digest, type Result } from '@image-tooling/model';
import { reusedPieces } from './reused-pieces';

export interface PutOptions {
  /** The expected digest; a mismatch fails with `checksum`. */
  readonly expected?: Digest;
  readonly signal?: AbortSignal;
}

export interface PutBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** The content-addressed files of a store: written atomically, named by their sha256. */
export class Blobs {
  constructor(
    private readonly folder: string,
    private readonly temporary: string,
  ) {}

  pathOf(digest: Digest): string {
    if (!isDigest(digest)) throw new Error(`not a digest: ${String(digest)}`);
    return join(this.folder, hexOf(digest));
  }

  /** Returns the size of a blob in bytes; undefined if missing. */
  async sizeOf(digest: Digest): Promise<number | undefined> {
    const found = await stat(this.pathOf(digest)).catch(() => undefined);
    return found?.isFile() ? found.size : undefined;
  }

  /** Reads a small blob (config, manifest) and checks its digest. Fails with `store-corrupt`, also if absent. */
  async read(digest: Digest): Promise<Result<Buffer>> {
    return caught(this.pathOf(digest), async () => {
      if ((await this.sizeOf(digest)) === undefined) throw this.absent(digest);
      const bytes = await readFile(this.pathOf(digest));
      const found: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      if (found !== digest) throw this.corrupt(digest, found);
      return bytes;
    });
  }

  /** Checks the digest of a blob. Fails with `store-corrupt` if it is absent or changed. */
  async verify(digest: Digest, signal?: AbortSignal): Promise<Result<void>> {
    return caught(this.pathOf(digest), async () => {
      for await (const _ of this.pieces(digest)) checkSignal(signal);
    });
  }

  /** Yields a blob's bytes without a check, see `reusedPieces`. Throws `store-corrupt` if it is missing. */
  async *unhashedPieces(digest: Digest): AsyncGenerator<Buffer> {
    if ((await this.sizeOf(digest)) === undefined) throw this.absent(digest);
    yield* reusedPieces(this.pathOf(digest));
  }

  /** Yields a blob's bytes and checks the digest: ends with `store-corrupt` if they are wrong. */
  async *pieces(digest: Digest): AsyncGenerator<Buffer> {
    if ((await this.sizeOf(digest)) === undefined) throw this.absent(digest);
    const hash = createHash('sha256');
    for await (const piece of filePieces(this.pathOf(digest))) {
      hash.update(piece);
      yield piece;
    }
    const found: Digest = `sha256:${hash.digest('hex')}`;
    if (found !== digest) throw this.corrupt(digest, found);
  }

  /**
   * Writes a stream to a temporary file, syncs it to disk and renames it. An existing blob is replaced by the same
   * bytes. Fails with `checksum`, `disk-full`, `io` or `aborted`, and leaves no file.
   */
  async put(source: AsyncIterable<Uint8Array>, options: PutOptions = {}): Promise<Result<PutBlob>> {
    const temporary = join(this.temporary, newOwnedName('blob'));
    const result = await caught(temporary, async () => {
      await mkdir(dirname(temporary), { recursive: true });
      const blob = await writeHashed(temporary, source, options.signal);
      if (options.expected && blob.digest !== options.expected) throw wrongHash(options.expected, blob);
      await mkdir(this.folder, { recursive: true });
      await rename(temporary, this.pathOf(blob.digest));
      return blob;
    });
    if (!result.ok) await discard(temporary);
    return result.ok ? ok(result.value) : fail(...result.failures);
  }

  private absent(digest: Digest): Fault {
    return new Fault({
      code: 'store-corrupt',
      message: `The store has no blob ${digest}.`,
      hint: 'Run load, test or publish of the image, which pull or build what is missing.',
      place: { file: this.pathOf(digest) },
    });
  }

  private corrupt(digest: Digest, found: Digest): Fault {
    return new Fault({
      code: 'store-corrupt',
      message: `The blob ${digest} in the store was changed: it hashes to ${found}.`,
      hint: 'Run "image-tooling store verify --repair", then load, test or publish the image: that pulls or builds what is missing.',
      place: { file: this.pathOf(digest) },
    });
  }
}

/** Yields a file's bytes. Opens it on the first read: a stream that fails before would end the process. */
export async function* filePieces(path: string): AsyncGenerator<Buffer> {
  yield* createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>;
}

/** Bytes after which written data is synced in the background, so that the final sync is short. */
const FLUSH = 16 * 1024 * 1024;

async function writeHashed(
  path: string,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<PutBlob> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx');
  let size = 0;
  let flushing = Promise.resolve();
  try {
    for await (const piece of source) {
      checkSignal(signal);
      const written = file.writeFile(piece);
      hash.update(piece);
      await written;
      if (Math.floor((size + piece.length) / FLUSH) > Math.floor(size / FLUSH))
        flushing = flushing.then(() => file.datasync());
      size += piece.length;
    }
    await flushing;
    await file.sync();
  } finally {
    await flushing.catch(() => undefined);
    await file.close();
  }
  return { digest: `sha256:${hash.digest('hex')}`, size };
}

/** Returns the failure for content with another digest than expected. */
export function wrongHash(expected: Digest, found: PutBlob): Fault {
  return new Fault({
    code: 'checksum',
    message: `Content of ${found.size} bytes should have the digest ${expected}, but has ${found.digest}.`,
    hint: 'It was changed or cut off on the way; nothing was kept.',
  });
}
