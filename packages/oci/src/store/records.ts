import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '@image-tooling/host';
import { isDigest, type Layer, type Result } from '@image-tooling/model';
import type { PathIndex, PathRecord } from '../layer/path-index';

/** Reads a layer's record; undefined where it is absent, or is none (cut short, altered). */
export async function readLayerRecord(file: string): Promise<Layer | undefined> {
  return layerRecord(await readJson(file));
}

/** The layer that a record's JSON stands for; undefined where it is none. */
export function layerRecord(json: unknown): Layer | undefined {
  return isLayer(json) ? json : undefined;
}

export async function writeLayerRecord(file: string, layer: Layer): Promise<Result<void>> {
  const { diffId, digest, size, tarSize, compression } = layer;
  return writeFileAtomic(file, JSON.stringify({ diffId, digest, size, tarSize, compression }));
}

/** Reads a layer's path index; undefined where it is absent, or is none. */
export async function readPaths(file: string): Promise<PathIndex | undefined> {
  const found = await readJson(file);
  return isPathRows(found) ? new Map(found) : undefined;
}

export async function writePaths(file: string, paths: PathIndex): Promise<Result<void>> {
  return writeFileAtomic(file, JSON.stringify([...paths]));
}

/** The value of a JSON file; undefined where it is absent or cut short. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
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
