import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { caught, checkSignal, discard, Fault, newOwnedName } from '@image-tooling/host';
import { fail, hexOf, isDigest, ok, type Digest, type Result } from '@image-tooling/model';

export interface PutOptions {
  /** What the content must hash to, else `checksum`. */
  readonly expected?: Digest;
  readonly signal?: AbortSignal;
}

export interface PutBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** The content-addressed files of a store: written whole or not at all, named by their sha256. */
export class Blobs {
  constructor(
    private readonly folder: string,
    private readonly temporary: string,
  ) {}

  pathOf(digest: Digest): string {
    if (!isDigest(digest)) throw new Error(`not a digest: ${String(digest)}`);
    return join(this.folder, hexOf(digest));
  }

  /** Bytes of a blob; undefined where there is none. */
  async sizeOf(digest: Digest): Promise<number | undefined> {
    const found = await stat(this.pathOf(digest)).catch(() => undefined);
    return found?.isFile() ? found.size : undefined;
  }

  /** The whole blob, for small ones (config, manifest). Hashed: fails with `store-corrupt`, also if absent. */
  async read(digest: Digest): Promise<Result<Buffer>> {
    return caught(this.pathOf(digest), async () => {
      if ((await this.sizeOf(digest)) === undefined) throw this.absent(digest);
      const bytes = await readFile(this.pathOf(digest));
      const found: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      if (found !== digest) throw this.corrupt(digest, found);
      return bytes;
    });
  }

  /** Hashes a blob again. Fails with `store-corrupt` where it is absent or not what its name says. */
  async verify(digest: Digest, signal?: AbortSignal): Promise<Result<void>> {
    return caught(this.pathOf(digest), async () => {
      for await (const _ of this.pieces(digest)) checkSignal(signal);
    });
  }

  /** A blob's bytes as they are. Throws `store-corrupt` where there is none. */
  async *unhashedPieces(digest: Digest): AsyncGenerator<Buffer> {
    if ((await this.sizeOf(digest)) === undefined) throw this.absent(digest);
    yield* filePieces(this.pathOf(digest));
  }

  /** A blob's bytes, hashed on the way: ends with `store-corrupt` instead of giving wrong bytes silently. */
  async *pieces(digest: Digest): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    for await (const piece of this.unhashedPieces(digest)) {
      hash.update(piece);
      yield piece;
    }
    const found: Digest = `sha256:${hash.digest('hex')}`;
    if (found !== digest) throw this.corrupt(digest, found);
  }

  /**
   * Writes a stream to a temporary file, syncs it to disk and gives it its name. A blob that is there already
   * is replaced by the same bytes. Fails with `checksum`, `disk-full`, `io` or `aborted`, and leaves nothing.
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
      hint: 'Build again with --skip-nx-cache: what is missing is made anew.',
      place: { file: this.pathOf(digest) },
    });
  }

  private corrupt(digest: Digest, found: Digest): Fault {
    return new Fault({
      code: 'store-corrupt',
      message: `The blob ${digest} in the store was changed: it hashes to ${found}.`,
      hint: 'Run "image-tooling store verify --repair", and build again with --skip-nx-cache.',
      place: { file: this.pathOf(digest) },
    });
  }
}

/** A file's bytes. Opened when the first are asked for: a stream that fails before would end the process. */
export async function* filePieces(path: string): AsyncGenerator<Buffer> {
  yield* createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>;
}

/** Bytes after which what was written goes to disk beside the work, so that little is left for the end. */
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

function wrongHash(expected: Digest, found: PutBlob): Fault {
  return new Fault({
    code: 'checksum',
    message: `Content of ${found.size} bytes was expected to be ${expected} but is ${found.digest}.`,
    hint: 'It was altered or cut short on its way; nothing was kept.',
  });
}
