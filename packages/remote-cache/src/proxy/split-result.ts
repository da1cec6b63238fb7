import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Fault, valueOf } from '@image-tooling/host';
import {
  ContentReader,
  decompressed,
  readTar,
  REMOVED,
  rewriteTar,
  streamTar,
  type ContentRange,
  type Rewritten,
  type TarEntry,
} from '@image-tooling/layer';
import { jsonObject, type Digest, type LayerFile } from '@image-tooling/model';
import type { NewEntry } from '../sources/source';
import type { Spool, SpoolFile } from './spool';

/** The layer in the outputs of a tool's build, and the file that names it (packages/pipeline/src/build/tool/output.ts). */
const LAYER_FILE = 'layer.blob';
const NAMING_FILE = 'layer.json';

/** A result of Nx in two parts. */
export interface SplitResult {
  /** What Nx sent, without the layers. */
  readonly rest: SpoolFile;
  /** Of the rest, in hexadecimal digits. */
  readonly sha256: string;
  readonly layers: readonly LayerPart[];
  /** Removes both parts. */
  remove(): Promise<void>;
}

export interface LayerPart extends NewEntry {
  readonly digest: Digest;
}

/**
 * Splits a result of Nx: a gzipped tar with the outputs of a task, what it printed, and its exit code. Takes only layers
 * that the rest names by their digest: a reader could not ask for others. Returns undefined if it has no such layer, or is
 * no such tar. Throws a `Fault` of the spool, and file system errors.
 */
export async function splitResult(result: SpoolFile, spool: Spool): Promise<SplitResult | undefined> {
  if (!(await mayHaveLayer(result))) return undefined;
  const files = [await spool.newFile()];
  const remove = async (): Promise<void> => {
    await Promise.all(files.map((file) => file.remove()));
  };
  let split: SplitResult | undefined;
  try {
    const [tar] = files as [SpoolFile];
    const layers = await layersIn(await unpack(result, tar));
    if (layers.size === 0) return undefined;
    const rest = await spool.newFile();
    files.push(rest);
    const sha256 = await writeRest(tar, rest, layers);
    split = { rest, sha256, layers: [...layers.values()], remove };
    return split;
  } finally {
    if (!split) await remove();
  }
}

/** Reads a result without a copy on disk: most have no layer, and those of other projects may be large. */
async function mayHaveLayer(result: SpoolFile): Promise<boolean> {
  let has = false;
  const source = result.read();
  try {
    // To its end: one that is cut off is uploaded whole.
    for await (const { entry } of streamTar(decompressed(source, 'gzip'), { name: result.path }))
      has ||= mayBeLayer(entry);
    return has;
  } catch (error) {
    // Of another version of Nx, or cut off: its readers will see.
    if (error instanceof Fault) return false;
    throw error;
  } finally {
    source.destroy();
  }
}

function mayBeLayer({ path, size }: TarEntry): boolean {
  return basename(path) === LAYER_FILE && size > 0;
}

async function unpack(result: SpoolFile, tar: SpoolFile): Promise<TarEntry[]> {
  for await (const piece of decompressed(piecesOf(result), 'gzip')) await tar.write(piece);
  await tar.close();
  return valueOf(await readTar(tar.path));
}

/** Returns the layers by their paths. */
async function layersIn(entries: readonly TarEntry[]): Promise<Map<string, LayerPart>> {
  const layers = new Map<string, LayerPart>();
  for (const { path, content } of entries.filter(mayBeLayer)) {
    const part = await layerPart(content as ContentRange);
    const naming = join(dirname(path), NAMING_FILE);
    if (part.digest === digestIn(entries.find((entry) => entry.path === naming))) layers.set(path, part);
  }
  return layers;
}

function digestIn(layerFile: TarEntry | undefined): unknown {
  const reader = new ContentReader();
  try {
    const bytes = layerFile && reader.small(layerFile);
    const layer = bytes && jsonObject(bytes)?.['layer'];
    return (layer as Partial<LayerFile['layer']> | undefined)?.digest;
  } finally {
    reader.close();
  }
}

/** Writes all but the layers, gzipped. Returns the sha256 of what it wrote. */
async function writeRest(
  tar: SpoolFile,
  rest: SpoolFile,
  layers: ReadonlyMap<string, LayerPart>,
): Promise<string> {
  const keep = ({ path }: TarEntry): Rewritten => (layers.has(path) ? REMOVED : 'unchanged');
  const kept = rewriteTar(piecesOf(tar), tar.path, keep);
  const sha256 = createHash('sha256');
  // One member: Nx's reader knows no others. Level 1: most of it is compressed already.
  await pipeline(kept, createGzip({ level: 1 }), async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) {
      sha256.update(piece);
      await rest.write(piece);
    }
  });
  await rest.close();
  return sha256.digest('hex');
}

async function layerPart({ file, offset, length }: ContentRange): Promise<LayerPart> {
  const open = (): AsyncIterable<Buffer> =>
    createReadStream(file, { start: offset, end: offset + length - 1 }) as AsyncIterable<Buffer>;
  const sha256 = createHash('sha256');
  for await (const piece of open()) sha256.update(piece);
  return { digest: `sha256:${sha256.digest('hex')}`, size: length, open };
}

function piecesOf(file: SpoolFile): AsyncIterable<Buffer> {
  return file.read() as AsyncIterable<Buffer>;
}
