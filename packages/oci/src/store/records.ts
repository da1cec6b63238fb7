import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
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
  return parsed(file, async (bytes) => bytes);
}

/** Returns the value of a compressed record, as `readJson` does. */
export async function readCompressedJson(file: string): Promise<unknown> {
  return parsed(file, unpacked);
}

/** Returns the JSON of a compressed record, as `readJson` does; gzip's checksum detects damage. */
export async function readCompressedText(file: string): Promise<string | undefined> {
  try {
    const bytes = await ownBytes(file);
    return bytes && (await unpacked(bytes)).toString();
  } catch {
    return undefined;
  }
}

/** zlib's fastest level: a third of the default's time, for a quarter more bytes. */
const FASTEST = 1;

/** Writes a value as compressed JSON, whole or not at all. Fails with `disk-full` or `io`. */
export async function writeCompressedJson(file: string, value: unknown): Promise<Result<void>> {
  return writeFileAtomic(file, await promisify(gzip)(JSON.stringify(value), { level: FASTEST }));
}

/** The names of the 150,000 functions of a large Go program are 10 MB. */
const MOST_BYTES = 512 * 1024 ** 2;
/** Each piece is a task of another thread: those of zlib's default, 16 KiB, take a third of the processor time. */
const PIECE = 256 * 1024;

function unpacked(bytes: Buffer): Promise<Buffer> {
  return promisify(gunzip)(bytes, { maxOutputLength: MOST_BYTES, chunkSize: PIECE });
}

async function parsed(file: string, unpack: (bytes: Buffer) => Promise<Buffer>): Promise<unknown> {
  try {
    const bytes = await ownBytes(file);
    return bytes && JSON.parse((await unpack(bytes)).toString());
  } catch {
    return undefined;
  }
}

async function ownBytes(file: string): Promise<Buffer | undefined> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { uid } = await handle.stat();
    return uid === (ownUid() ?? uid) ? await handle.readFile() : undefined;
  } finally {
    await handle.close();
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
