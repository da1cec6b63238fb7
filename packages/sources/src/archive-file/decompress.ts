import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { isErrno } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import { ArchiveFault } from './fault';
import { mostUnpacked, type ArchiveLimits } from './limits';

export type Packing = 'gz' | 'xz' | 'zst';

/** Decompresses a file of zstd, up to `most` bytes. Gives the content's bytes. */
export type Unzstd = (request: {
  readonly file: string;
  readonly to: string;
  readonly most: number;
  readonly signal: AbortSignal;
}) => Promise<Result<number>>;

export interface Decompression {
  readonly file: string;
  readonly packing: Packing;
  /** Where the content is written. */
  readonly to: string;
  readonly limits: ArchiveLimits;
  readonly unzstd: Unzstd | undefined;
  readonly signal: AbortSignal;
}

/**
 * Decompresses a file piece by piece. Throws `ArchiveFault` for data that is damaged, cut off or followed by other
 * bytes, and for more content than the limits allow; file system errors as they are. Gives the content's bytes.
 */
export async function decompress({
  file,
  packing,
  to,
  limits,
  unzstd,
  signal,
}: Decompression): Promise<number> {
  const { size } = await stat(file);
  if (packing === 'zst')
    return unzstdTo({ file, to, most: mostUnpacked(size, limits), signal }, size, unzstd);
  const counter = new Counter(mostUnpacked(size, limits), size);
  try {
    await pipeline(await contentOf(file, packing), counter, createWriteStream(to), { signal });
    return counter.bytes;
  } catch (error) {
    throw damaged(error, packing);
  }
}

/** Gives the content's bytes. Throws as `decompress` does. */
async function unzstdTo(request: Parameters<Unzstd>[0], size: number, unzstd?: Unzstd): Promise<number> {
  if (!unzstd) throw new Error('a file of zstd, and no decoder for it');
  const done = await unzstd(request);
  if (done.ok) return done.value;
  const [{ code, message }] = done.failures;
  if (code === 'too-large') throw bomb(size, request.most);
  if (code === 'truncated') throw new ArchiveFault('ends before its content does (zst)');
  if (code !== 'tar-format') throw new ArchiveFault(`can't be unpacked: ${message.replace(/\.$/, '')}`, code);
  throw new ArchiveFault(`is damaged, or has other bytes after its end (zst: ${message.replace(/\.$/, '')})`);
}

/** The decoders of xz and zip are loaded when they are needed: most runs don't. */
async function contentOf(file: string, packing: 'gz' | 'xz'): Promise<Readable> {
  const source = createReadStream(file, { highWaterMark: PIECE });
  if (packing === 'gz') return gunzipped(source);
  const { xzContent } = await import('./xz');
  return xzContent(source);
}

const PIECE = 256 * 1024;

function gunzipped(source: Readable): Readable {
  const gunzip = createGunzip({ chunkSize: PIECE });
  source.once('error', (error) => gunzip.destroy(error));
  return source.pipe(gunzip);
}

/** Lets content through, up to a limit. */
class Counter extends Transform {
  bytes = 0;

  constructor(
    private readonly most: number,
    private readonly packedBytes: number,
  ) {
    super();
  }

  override _transform(piece: Buffer, _: unknown, done: (error: Error | null, piece?: Buffer) => void): void {
    this.bytes += piece.length;
    if (this.bytes > this.most) done(bomb(this.packedBytes, this.most));
    else done(null, piece);
  }
}

/** An archive that unpacks to more than is meant well. */
export function bomb(packedBytes: number, most: number): ArchiveFault {
  return new ArchiveFault(
    `unpacks to more than ${most} bytes, though it has only ${packedBytes} itself`,
    'too-large',
  );
}

/** What the decoders of xz and gzip say; any other error is a bug. */
const DECODERS_WORDS = /^get_next_output failed with error code \d+$|^unexpected end of file$/;
/** xz-embedded's XZ_BUF_ERROR, and zlib's: the input ended, or what follows the end is nothing. */
const ENDS_EARLY = /error code 8$|unexpected end of file/;
/** xz-embedded's XZ_OPTIONS_ERROR, XZ_UNSUPPORTED_CHECK and XZ_MEMLIMIT_ERROR. */
const UNSUPPORTED = /error code [346]$/;

function damaged(error: unknown, packing: Packing): unknown {
  if (!(error instanceof Error) || !isDecoders(error)) return error;
  if (ENDS_EARLY.test(error.message))
    return new ArchiveFault(`ends before its content does, or has other bytes after its end (${packing})`);
  if (UNSUPPORTED.test(error.message))
    return new ArchiveFault('is packed with options of xz that are not supported');
  return new ArchiveFault(`is damaged, or has other bytes after its end (${packing}: ${error.message})`);
}

function isDecoders(error: Error): boolean {
  const isZlibs = isErrno(error) && error.code?.startsWith('Z_') === true;
  return isZlibs || DECODERS_WORDS.test(error.message);
}
