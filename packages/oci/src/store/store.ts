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
import { recordFile, type StoreLayout } from './layout';
import { readJson, readLayerRecord, readPaths, writeLayerRecord, writePaths } from './records';
import { storeFiles, unfinishedRecords, type StoreFile } from './files';
import { removeUnused } from './remove';
import { makeTemporaryFolder } from './temporary';
import { markUsed } from './used';
import { recordUser, storeUsers, type StoreUser } from './users';

/** The local content-addressed set of blobs, with what each build id led to. Many processes may share it. */
export class Store {
  private readonly blobs: Blobs;

  constructor(private readonly layout: StoreLayout) {
    this.blobs = new Blobs(layout.blobs, layout.temporary);
  }

  get root(): string {
    return this.layout.root;
  }

  /** Where a blob is, or would be. */
  blobPath(digest: Digest): string {
    return this.blobs.pathOf(digest);
  }

  /** Whether there is a blob of this name, which then counts as used; its content is not looked at, see `verifyBlob`. */
  async hasBlob(digest: Digest): Promise<boolean> {
    return (await this.blobs.sizeOf(digest)) !== undefined && markUsed(this.blobs.pathOf(digest));
  }

  /** A small blob whole, hashed. Fails with `store-corrupt` where it is absent or altered. */
  readBlob(digest: Digest): Promise<Result<Buffer>> {
    return this.blobs.read(digest);
  }

  /** A blob's bytes piece by piece; throws a `Fault` at the end where they are not what the digest says. */
  blobPieces(digest: Digest): AsyncGenerator<Buffer> {
    return this.blobs.pieces(digest);
  }

  /** As `blobPieces`, not hashed: for who hashes them itself. */
  unhashedBlobPieces(digest: Digest): AsyncGenerator<Buffer> {
    return this.blobs.unhashedPieces(digest);
  }

  /** Hashes a blob again. Fails with `store-corrupt` where it is absent or altered. */
  verifyBlob(digest: Digest, signal?: AbortSignal): Promise<Result<void>> {
    return this.blobs.verify(digest, signal);
  }

  /** Keeps a stream's bytes. Fails with `checksum`, `disk-full`, `io` or `aborted`, and then keeps nothing. */
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
   * The layer that a build id led to, if all of it is still here: a blob of the right size, and its path
   * index. A record that can't be read counts as absent. What is given counts as used, see `removeUnused`.
   */
  async getBuild(buildId: Digest): Promise<Layer | undefined> {
    const layer = await this.peekBuild(buildId);
    const isThere = layer && (await markUsed(recordFile(this.layout.builds, buildId)));
    return isThere ? layer : undefined;
  }

  /** As `getBuild`, for who only looks: it does not count as a use. */
  async peekBuild(buildId: Digest): Promise<Layer | undefined> {
    const layer = await readLayerRecord(recordFile(this.layout.builds, buildId));
    if (!layer || (await this.blobs.sizeOf(layer.digest)) !== layer.size) return undefined;
    const paths = await stat(recordFile(this.layout.paths, layer.diffId)).catch(() => undefined);
    return paths ? layer : undefined;
  }

  /** Records what a build id led to. The blob must be in the store. Fails with `disk-full` or `io`. */
  async putBuild(buildId: Digest, layer: Layer, paths: PathIndex): Promise<Result<void>> {
    return caught(this.root, async () => {
      valueOf(await writePaths(recordFile(this.layout.paths, layer.diffId), paths));
      valueOf(await writeLayerRecord(recordFile(this.layout.builds, buildId), layer));
    });
  }

  /** Keeps what a build id stands for, so that a later build can say which input differs. Fails with `disk-full` or `io`. */
  putInputs(buildId: Digest, inputs: Json): Promise<Result<void>> {
    return writeFileAtomic(recordFile(this.layout.inputs, buildId), canonicalJson(inputs));
  }

  /** What a build id stands for; undefined where it is not known here. */
  async getInputs(buildId: Digest): Promise<Json | undefined> {
    return (await readJson(recordFile(this.layout.inputs, buildId))) as Json | undefined;
  }

  /** The path index kept with a layer; undefined where there is none. */
  getPaths(diffId: Digest): Promise<PathIndex | undefined> {
    return readPaths(recordFile(this.layout.paths, diffId));
  }

  /** What a build id is recorded to have led to, whether its blob is here or not. */
  recordedBuild(buildId: Digest): Promise<Layer | undefined> {
    return readLayerRecord(recordFile(this.layout.builds, buildId));
  }

  /** All blobs and records. */
  files(): Promise<StoreFile[]> {
    return storeFiles(this.layout);
  }

  /** What writers that were killed left beside the records. */
  unfinished(): Promise<string[]> {
    return unfinishedRecords(this.layout);
  }

  /** Takes out a file that has not been used since `usedMs`; tells whether it is gone. Fails with `io`. */
  remove(file: Pick<StoreFile, 'path' | 'usedMs'>): Promise<Result<boolean>> {
    return caught(file.path, () => removeUnused(file, this.layout.temporary));
  }

  /** Writes down that a workspace uses the store. Fails with `disk-full` or `io`. */
  recordUser(root: string): Promise<Result<void>> {
    return recordUser(this.layout, root);
  }

  /** The workspaces that used the store, the last first. */
  users(): Promise<StoreUser[]> {
    return storeUsers(this.layout);
  }

  /** A new folder for this process alone, on the store's disk. A later run removes it if this process dies. */
  tempDir(label: string): Promise<Result<string>> {
    return caught(this.layout.temporary, () => makeTemporaryFolder(this.layout.temporary, label));
  }

  /** Runs `work` while no other process holds the store's lock of that name. Waiting ends with `aborted`. */
  async lock<T>(name: string, context: RunContext, work: () => Promise<Result<T>>): Promise<Result<T>> {
    const path = join(this.layout.locks, name.replace(/[^a-zA-Z0-9._-]/g, '-'));
    return withLock(path, context.signal, work, () =>
      context.progress.note(`Waiting for another process that is at "${name}".`),
    );
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
