import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import { writeFileAtomic } from '@image-tooling/host';
import { isDigest, type Layer, type Result } from '@image-tooling/model';
import { ownUid } from './ownership';
import type { PathIndex, PathRecord } from '@image-tooling/layer';

/** Reads a layer's record; undefined if it is absent or invalid (cut off, changed). */
export async function readLayerRecord(file: string): Promise<Layer | undefined> {
  return layerRecord(await readJson(file));
}

/** Parses a layer's record; undefined if it is invalid. */
export function layerRecord(json: unknown): Layer | undefined {
  return isLayer(json) ? json : undefined;
}

export async function writeLayerRecord(file: string, layer: Layer): Promise<Result<void>> {
  const { diffId, digest, size, tarSize, compression } = layer;
  return writeFileAtomic(file, JSON.stringify({ diffId, digest, size, tarSize, compression }));
}

/** Reads a layer's path index; undefined if it is absent or invalid. */
export async function readPaths(file: string): Promise<PathIndex | undefined> {
  return pathIndexOf(await readJson(file));
}

/** Returns the path index of a record's rows; undefined if they are invalid. */
export function pathIndexOf(rows: unknown): PathIndex | undefined {
  return isPathRows(rows) ? new Map(rows) : undefined;
}

export async function writePaths(file: string, paths: PathIndex): Promise<Result<void>> {
  return writeFileAtomic(file, JSON.stringify([...paths]));
}

/** Returns the value of a record; undefined if it is absent, cut off, not a file, or written by another user. */
export async function readJson(file: string): Promise<unknown> {
  return parsed(file, (bytes) => bytes);
}

/** Returns the value of a compressed record, as `readJson` does. */
export async function readCompressedJson(file: string): Promise<unknown> {
  return parsed(file, unpacked);
}

/** Returns the JSON of a compressed record, as `readJson` does; gzip's checksum detects damage. */
export async function readCompressedText(file: string): Promise<string | undefined> {
  try {
    const bytes = ownBytes(file);
    return bytes && unpacked(bytes).toString();
  } catch {
    return undefined;
  }
}

/** zlib's fastest level: a third of the default's time, for a quarter more bytes. */
const FASTEST = 1;

/**
 * Writes a value as compressed JSON, whole or not at all. Fails with `disk-full` or `io`.
 *
 * @param level of zlib; 0 does not compress
 */
export async function writeCompressedJson(
  file: string,
  value: unknown,
  level: number = FASTEST,
): Promise<Result<void>> {
  return writeFileAtomic(file, await promisify(gzip)(JSON.stringify(value), { level }));
}

/** The names of the 150,000 functions of a large Go program are 10 MB. */
const MOST_BYTES = 512 * 1024 ** 2;
/** Of what is unpacked at once; zlib's default, 16 KiB, is for streams. */
const PIECE = 256 * 1024;

function unpacked(bytes: Buffer): Buffer {
  return gunzipSync(bytes, { maxOutputLength: MOST_BYTES, chunkSize: PIECE });
}

function parsed(file: string, unpack: (bytes: Buffer) => Buffer): unknown {
  try {
    const bytes = ownBytes(file);
    return bytes && JSON.parse(unpack(bytes).toString());
  } catch {
    return undefined;
  }
}

/** Blocking on purpose: four trips to other threads and back take longer than to read a small file. */
function ownBytes(file: string): Buffer | undefined {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { uid } = fstatSync(handle);
    return uid === (ownUid() ?? uid) ? readFileSync(handle) : undefined;
  } finally {
    closeSync(handle);
  }
}

function isLayer(value: unknown): value is Layer {
  const layer = value as Partial<Layer> | null | undefined;
  return (
    typeof layer === 'object' &&
    layer !== null &&
    isDigest(String(layer.diffId)) &&
    isDigest(String(layer.digest)) &&
    Number.isSafeInteger(layer.size) &&
    Number.isSafeInteger(layer.tarSize) &&
    ['zstd', 'gzip', 'none'].includes(String(layer.compression))
  );
}

const KINDS: readonly unknown[] = ['dir', 'other', 'removed', 'opaque'] satisfies PathRecord['kind'][];

function isPathRows(value: unknown): value is [string, PathRecord][] {
  return Array.isArray(value) && value.every(isPathRow);
}

function isPathRow(row: unknown): boolean {
  if (!Array.isArray(row) || row.length !== 2 || typeof row[0] !== 'string') return false;
  const record = row[1] as { kind?: unknown } | null;
  return typeof record === 'object' && record !== null && KINDS.includes(record.kind);
}
