import { open, readdir, type FileHandle } from 'node:fs/promises';
import { createReadStream, type ReadStream } from 'node:fs';
import { join } from 'node:path';
import { discard, Fault, ioFailure, isOrphan, makeFolder, newOwnedName } from '@image-tooling/host';
import { MemoryPayload, type Payload } from './payload';

/** Only the owner may read entries: they have what tasks printed. */
const FILE_MODE = 0o600;
/** Fewer and larger pieces than by default take a third less time. */
const READ_BYTES = 524_288;

/** Bytes of payloads in memory: eight large layers at once, but not what other programs need. */
const MOST_MEMORY_BYTES = Math.min(268_435_456, Math.floor(process.availableMemory() / 8));

/** Payloads of a proxy: in memory, or in temporary files in a folder of its own. */
export class Spool {
  private readonly name = newOwnedName('spool');
  private count = 0;
  private memoryBytes: number;
  private made: Promise<void> | undefined;
  private readonly thrown = new WeakSet<object>();

  /** @param folder shared by all proxies of a workspace */
  constructor(
    private readonly folder: string,
    memoryBytes = MOST_MEMORY_BYTES,
  ) {
    this.memoryBytes = memoryBytes;
  }

  /** Opens a payload of a size: in memory while there is room, since a file is written and read again. */
  async newPayload(size: number): Promise<Payload> {
    if (size > this.memoryBytes) return this.newFile();
    this.memoryBytes -= size;
    return new MemoryPayload(size, () => (this.memoryBytes += size));
  }

  /** Opens a new file. Throws a `Fault` with `disk-full` or `io`. */
  async newFile(): Promise<SpoolFile> {
    const path = join(this.folder, this.name, String((this.count += 1)));
    try {
      await (this.made ??= makeFolder(join(this.folder, this.name)));
      const handle = await open(path, 'wx', FILE_MODE);
      return new SpoolFile(path, handle, (error) => this.faultOf(error, path));
    } catch (error) {
      throw this.faultOf(error, path);
    }
  }

  /** Whether an error says that this machine can't write a file. */
  threw(error: unknown): error is Fault {
    return error instanceof Fault && this.thrown.has(error);
  }

  /** Removes what killed proxies left. */
  async removeOrphans(): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    for (const name of names.filter((one) => one.startsWith('spool.') && isOrphan(one)))
      await discard(join(this.folder, name));
  }

  async remove(): Promise<void> {
    await discard(join(this.folder, this.name));
  }

  private faultOf(error: unknown, path: string): Fault {
    const fault = new Fault(ioFailure(error, path));
    this.thrown.add(fault);
    return fault;
  }
}

/** A temporary file. */
export class SpoolFile implements Payload {
  /** Bytes. */
  size = 0;

  constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    private readonly faultOf: (error: unknown) => Fault,
  ) {}

  /** Throws a `Fault` with `disk-full` or `io`. */
  async write(piece: Uint8Array): Promise<void> {
    try {
      await this.handle.writeFile(piece);
      this.size += piece.byteLength;
    } catch (error) {
      throw this.faultOf(error);
    }
  }

  /** Call after the last byte. */
  async close(): Promise<void> {
    await this.handle.close();
  }

  read(): ReadStream {
    return createReadStream(this.path, { highWaterMark: READ_BYTES });
  }

  /** Closes and removes it. Ignores errors: the first one is reported. */
  async remove(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await discard(this.path);
  }
}
