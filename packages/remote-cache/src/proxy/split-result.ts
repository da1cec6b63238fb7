import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Fault, valueOf } from '@image-tooling/host';
import {
  decompressed,
  readTar,
  REMOVED,
  rewriteTar,
  type ContentRange,
  type TarEntry,
} from '@image-tooling/layer';
import type { Digest } from '@image-tooling/model';
import type { Spool, SpoolFile } from './spool';
import type { NewEntry } from '../sources/source';

/** The layer in the outputs of a tool's build (packages/pipeline/src/build/tool/output.ts). */
const LAYER_FILE = /(?:^|\/)layer\.blob$/;

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
 * Splits a result of Nx: a gzipped tar with the outputs of a task, what it printed, and its exit code. Returns undefined
 * if there is no layer in it, or it is no such tar. Throws a `Fault` of the spool.
 */
export async function splitResult(result: SpoolFile, spool: Spool): Promise<SplitResult | undefined> {
  const files = [await spool.newFile()];
  const remove = async (): Promise<void> => {
    await Promise.all(files.map((file) => file.remove()));
  };
  let split: SplitResult | undefined;
  try {
    const [tar] = files as [SpoolFile];
    const found = await unpack(result, tar, spool);
    if (found.length === 0) return undefined;
    const rest = await spool.newFile();
    files.push(rest);
    const sha256 = await writeRest(tar, rest);
    const layers: LayerPart[] = [];
    for (const { content } of found) layers.push(await layerPart(content as ContentRange));
    split = { rest, sha256, layers, remove };
    return split;
  } finally {
    if (!split) await remove();
  }
}

/** Unpacks a result into a file. Returns the entries of its layers. */
async function unpack(result: SpoolFile, tar: SpoolFile, spool: Spool): Promise<TarEntry[]> {
  try {
    for await (const piece of decompressed(piecesOf(result), 'gzip')) await tar.write(piece);
    await tar.close();
    return valueOf(await readTar(tar.path)).filter(isLayer);
  } catch (error) {
    // Of another version of Nx, or cut off: its readers will see.
    if (error instanceof Fault && !spool.threw(error)) return [];
    throw error;
  }
}

function isLayer({ path, size }: TarEntry): boolean {
  return LAYER_FILE.test(path) && size > 0;
}

/** Writes all but the layers, gzipped. Returns the sha256 of what it wrote. */
async function writeRest(tar: SpoolFile, rest: SpoolFile): Promise<string> {
  const kept = rewriteTar(piecesOf(tar), tar.path, (entry) => (isLayer(entry) ? REMOVED : 'unchanged'));
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
