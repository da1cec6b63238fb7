import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { readRegularFile, writeFileAtomic } from '@image-tooling/host';
import { isDigest, ok, type Digest, type Result } from '@image-tooling/model';
import type { Store } from '@image-tooling/oci';

/**
 * A kind of record about layers, by diff id: in the store, and in an output file of the project whose layers they are. A
 * cache of Nx that restores the outputs then restores enough, without blobs.
 */
export interface LayerRecords {
  /** Name of the output file. */
  readonly file: string;
  /** Key and value of its format. */
  readonly format: readonly [key: string, version: number];
  has(store: Store, diffId: Digest): Promise<boolean>;
  /** Returns the record as JSON; undefined if missing. */
  get(store: Store, diffId: Digest): Promise<unknown>;
  /** Stores a record of a file, if it is valid. Fails with `disk-full` or `io`. */
  put(store: Store, diffId: Digest, record: unknown): Promise<Result<void>>;
}

/** TeX Live's 200,000 paths are 2 MB in the file, and 25 MB as text. */
const MOST_BYTES = 64 * 1024 ** 2;
const MOST_TEXT_BYTES = 512 * 1024 ** 2;

/** Diff id → record. */
type Records = Readonly<Record<string, unknown>>;

/**
 * Writes the records that the store has of these layers, unless the file has them already. Fails with `disk-full` or
 * `io`.
 */
export async function writeRecordFile(
  records: LayerRecords,
  store: Store,
  folder: string,
  diffIds: readonly Digest[],
): Promise<Result<void>> {
  const written = Object.keys(await readRecordFile(records, folder));
  if (diffIds.length > 0 && diffIds.join() === written.join()) return ok(undefined);
  const layers: Record<string, unknown> = {};
  for (const diffId of diffIds) {
    const record = await records.get(store, diffId);
    if (record !== undefined) layers[diffId] = record;
  }
  const [key, version] = records.format;
  const text = JSON.stringify({ [key]: version, layers });
  return writeFileAtomic(join(folder, records.file), await promisify(gzip)(text));
}

/**
 * Stores the records of an output file that the store lacks. A missing or invalid file counts as empty. Fails with
 * `disk-full` or `io`.
 */
export async function restoreRecords(
  records: LayerRecords,
  store: Store,
  folder: string,
): Promise<Result<void>> {
  for (const [diffId, record] of Object.entries(await readRecordFile(records, folder))) {
    if (!isDigest(diffId) || (await records.has(store, diffId))) continue;
    const put = await records.put(store, diffId, record);
    if (!put.ok) return put;
  }
  return ok(undefined);
}

async function readRecordFile(
  { file, format: [key, version] }: LayerRecords,
  folder: string,
): Promise<Records> {
  const read = await readRegularFile(join(folder, file), MOST_BYTES);
  if (!read.ok || read.value === undefined) return {};
  try {
    const text = await promisify(gunzip)(read.value, { maxOutputLength: MOST_TEXT_BYTES });
    const json = JSON.parse(text.toString()) as Readonly<Record<string, unknown>> | null;
    const layers = json?.[key] === version ? json['layers'] : undefined;
    return typeof layers === 'object' && layers !== null ? (layers as Records) : {};
  } catch {
    return {};
  }
}
