import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { caught, valueOf, withLock, writeFileAtomic } from '@image-tooling/host';
import {
  canonicalJson,
  type Digest,
  type Json,
  type Layer,
  type Result,
  type RunContext,
} from '@image-tooling/model';
import type { PathIndex } from '@image-tooling/layer';
import { Blobs, filePieces, type PutBlob, type PutOptions } from './blobs';
import { factFile, recordFile, type LayerFact, type StoreLayout } from './layout';
import {
  readCompressedJson,
  readCompressedText,
  readJson,
  readLayerRecord,
  readPaths,
  writeCompressedJson,
  writeLayerRecord,
  writePaths,
} from './records';
import { storeFiles, unfinishedRecords, type StoreFile } from './files';
import { removeUnused } from './remove';
import { makeTemporaryFolder } from './temporary';
import { markUsed } from './used';
import { recordUser, storeUsers, type StoreUser } from './users';

/** Of zlib. Functions of programs are large, and read by the first scan: unpacked, they take a fifth of the time. */
const LEVELS: Partial<Record<LayerFact, number>> = { symbols: 0 };

/** The local content-addressed store of blobs, with the result of each build id. Processes may share it. */
export class Store {
  private readonly blobs: Blobs;

  constructor(private readonly layout: StoreLayout) {
    this.blobs = new Blobs(layout.blobs, layout.temporary);
  }

  get root(): string {
    return this.layout.root;
  }

  /** Returns the path of a blob, whether it exists or not. */
  blobPath(digest: Digest): string {
    return this.blobs.pathOf(digest);
  }

  /** Returns whether a blob exists, and marks it as used; does not check its content, see `verifyBlob`. */
  async hasBlob(digest: Digest): Promise<boolean> {
    return (await this.blobs.sizeOf(digest)) !== undefined && markUsed(this.blobs.pathOf(digest));
  }

  /** Reads a small blob and checks its digest. Fails with `store-corrupt` if it is absent or changed. */
  readBlob(digest: Digest): Promise<Result<Buffer>> {
    return this.blobs.read(digest);
  }

  /** Yields a blob's bytes; throws a `Fault` at the end if they don't match the digest. */
  blobPieces(digest: Digest): AsyncGenerator<Buffer> {
    return this.blobs.pieces(digest);
  }

  /**
   * As `blobPieces`, without a check, and a piece is valid only until the next but one is requested: for a registry,
   * which hashes the bytes itself.
   */
  unhashedBlobPieces(digest: Digest): AsyncGenerator<Buffer> {
    return this.blobs.unhashedPieces(digest);
  }

  /** Checks the digest of a blob. Fails with `store-corrupt` if it is absent or changed. */
  verifyBlob(digest: Digest, signal?: AbortSignal): Promise<Result<void>> {
    return this.blobs.verify(digest, signal);
  }

  /** Stores a stream's bytes. Fails with `checksum`, `disk-full`, `io` or `aborted`, and then stores nothing. */
  putBlobFromStream(source: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<Result<PutBlob>> {
    return this.blobs.put(source, options);
  }

  putBlobFromFile(file: string, options?: PutOptions): Promise<Result<PutBlob>> {
    return this.blobs.put(filePieces(file), options);
  }

  putBlobFromBytes(bytes: Uint8Array, options?: PutOptions): Promise<Result<PutBlob>> {
    return this.blobs.put(one(bytes), options);
  }

  /**
   * Returns the layer of a build id, if it is complete: a blob of the right size, and its path index. An invalid
   * record counts as absent. Marks the layer as used, see `removeUnused`.
   */
  async getBuild(buildId: Digest): Promise<Layer | undefined> {
    const layer = await this.peekBuild(buildId);
    const isThere = layer && (await markUsed(recordFile(this.layout.builds, buildId)));
    return isThere ? layer : undefined;
  }

  /** As `getBuild`, without marking the layer as used. */
  async peekBuild(buildId: Digest): Promise<Layer | undefined> {
    const layer = await readLayerRecord(recordFile(this.layout.builds, buildId));
    if (!layer || (await this.blobs.sizeOf(layer.digest)) !== layer.size) return undefined;
    return (await this.hasPaths(layer.diffId)) ? layer : undefined;
  }

  /** Records the layer of a build id. The blob must be in the store. Fails with `disk-full` or `io`. */
  async putBuild(buildId: Digest, layer: Layer, paths: PathIndex): Promise<Result<void>> {
    return caught(this.root, async () => {
      valueOf(await this.putPaths(layer.diffId, paths));
      valueOf(await writeLayerRecord(recordFile(this.layout.builds, buildId), layer));
    });
  }

  /**
   * Stores the inputs of a build id, so that a later build can report which input differs. Fails with `disk-full` or
   * `io`.
   */
  putInputs(buildId: Digest, inputs: Json): Promise<Result<void>> {
    return writeFileAtomic(recordFile(this.layout.inputs, buildId), canonicalJson(inputs));
  }

  /** Returns the inputs of a build id; undefined if unknown. */
  async getInputs(buildId: Digest): Promise<Json | undefined> {
    return (await readJson(recordFile(this.layout.inputs, buildId))) as Json | undefined;
  }

  /** Returns the stored path index of a layer; undefined if missing. */
  getPaths(diffId: Digest): Promise<PathIndex | undefined> {
    return readPaths(recordFile(this.layout.paths, diffId));
  }

  /** Returns whether the path index of a layer is stored; does not read it. */
  async hasPaths(diffId: Digest): Promise<boolean> {
    return (await stat(recordFile(this.layout.paths, diffId)).catch(() => undefined)) !== undefined;
  }

  /** Stores the path index of a layer, whose blob may be missing. Fails with `disk-full` or `io`. */
  putPaths(diffId: Digest, paths: PathIndex): Promise<Result<void>> {
    return writePaths(recordFile(this.layout.paths, diffId), paths);
  }

  /** Returns a stored fact about a layer, which the caller validates; undefined if missing. */
  getFact(fact: LayerFact, diffId: Digest): Promise<unknown> {
    return readCompressedJson(factFile(this.layout, fact, diffId));
  }

  /** As `getFact`, as JSON text. */
  getFactText(fact: LayerFact, diffId: Digest): Promise<string | undefined> {
    return readCompressedText(factFile(this.layout, fact, diffId));
  }

  /** Returns whether a fact about a layer is stored; does not read it. */
  async hasFact(fact: LayerFact, diffId: Digest): Promise<boolean> {
    return (await stat(factFile(this.layout, fact, diffId)).catch(() => undefined)) !== undefined;
  }

  /** Stores a fact about a layer, whose blob may be missing. Fails with `disk-full` or `io`. */
  putFact(fact: LayerFact, diffId: Digest, value: unknown): Promise<Result<void>> {
    return writeCompressedJson(factFile(this.layout, fact, diffId), value, LEVELS[fact]);
  }

  /** Returns the recorded layer of a build id, even if its blob is missing. */
  recordedBuild(buildId: Digest): Promise<Layer | undefined> {
    return readLayerRecord(recordFile(this.layout.builds, buildId));
  }

  /** Returns all blobs and records. */
  files(): Promise<StoreFile[]> {
    return storeFiles(this.layout);
  }

  /** Returns the temporary files of killed writers next to the records. */
  unfinished(): Promise<string[]> {
    return unfinishedRecords(this.layout);
  }

  /** Removes a file that has not been used since `usedMs`; returns whether it was removed. Fails with `io`. */
  remove(file: Pick<StoreFile, 'path' | 'usedMs'>): Promise<Result<boolean>> {
    return caught(file.path, () => removeUnused(file, this.layout.temporary));
  }

  /** Records that a workspace uses the store. Fails with `disk-full` or `io`. */
  recordUser(root: string): Promise<Result<void>> {
    return recordUser(this.layout, root);
  }

  /** Returns the workspaces that used the store, the most recent first. */
  users(): Promise<StoreUser[]> {
    return storeUsers(this.layout);
  }

  /** Creates a temporary folder of this process, on the store's disk. A later run removes it if this process dies. */
  tempDir(label: string): Promise<Result<string>> {
    return caught(this.layout.temporary, () => makeTemporaryFolder(this.layout.temporary, label));
  }

  /**
   * Runs `work` while no other process holds the store's lock of that name. Fails with `aborted` if the wait is
   * aborted.
   */
  async lock<T>(name: string, context: RunContext, work: () => Promise<Result<T>>): Promise<Result<T>> {
    const path = join(this.layout.locks, name.replace(/[^a-zA-Z0-9._-]/g, '-'));
    return withLock(path, context.signal, work, () =>
      context.progress.note(`Waiting for another process that works on "${name}".`),
    );
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
