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
  readonly format: readonly [key: string, version: number | string];
  has(store: Store, diffId: Digest): Promise<boolean>;
  /** Returns the JSON of the record; undefined if missing. */
  text(store: Store, diffId: Digest): Promise<string | undefined>;
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
  const start = Buffer.from(startOf(records, diffIds));
  const written = await unpacked(records, folder);
  if (diffIds.length > 0 && written?.subarray(0, start.length).equals(start)) return ok(undefined);
  const found: (readonly [diffId: Digest, text: string])[] = [];
  for (const diffId of diffIds) {
    const text = await records.text(store, diffId);
    if (text !== undefined) found.push([diffId, text]);
  }
  const layers = found.map(([diffId, text]) => `${JSON.stringify(diffId)}:${text}`).join(',');
  const ids = found.map(([diffId]) => diffId);
  const file = await promisify(gzip)(`${startOf(records, ids)}${layers}}}`, { level: FASTEST });
  return writeFileAtomic(join(folder, records.file), file);
}

/** zlib's fastest level: a third of the default's time, for a quarter more bytes. */
const FASTEST = 1;

/** The file begins with the diff ids of its layers, so that they are known without parsing the records. */
function startOf({ format: [key, version] }: LayerRecords, diffIds: readonly Digest[]): string {
  return `${JSON.stringify({ [key]: version, diffIds }).slice(0, -1)},"layers":{`;
}

/**
 * Stores the records of an output file that the store lacks. A missing or invalid file counts as empty. Fails with
 * `disk-full` or `io`.
 *
 * @param wanted layers of the project; default: all of the file
 */
export async function restoreRecords(
  records: LayerRecords,
  store: Store,
  folder: string,
  wanted?: ReadonlySet<Digest>,
): Promise<Result<void>> {
  for (const [diffId, record] of Object.entries(await readRecordFile(records, folder))) {
    if (!isDigest(diffId) || wanted?.has(diffId) === false) continue;
    if (await records.has(store, diffId)) continue;
    const put = await records.put(store, diffId, record);
    if (!put.ok) return put;
  }
  return ok(undefined);
}

async function readRecordFile(records: LayerRecords, folder: string): Promise<Records> {
  const text = await unpacked(records, folder);
  const [key, version] = records.format;
  try {
    const json = JSON.parse(text?.toString() ?? '') as Readonly<Record<string, unknown>> | null;
    const layers = json?.[key] === version ? json['layers'] : undefined;
    return typeof layers === 'object' && layers !== null ? (layers as Records) : {};
  } catch {
    return {};
  }
}

/** Undefined if the file is missing or damaged. */
async function unpacked({ file }: LayerRecords, folder: string): Promise<Buffer | undefined> {
  const read = await readRegularFile(join(folder, file), MOST_BYTES);
  if (!read.ok || read.value === undefined) return undefined;
  return promisify(gunzip)(read.value, { maxOutputLength: MOST_TEXT_BYTES }).catch(() => undefined);
}
