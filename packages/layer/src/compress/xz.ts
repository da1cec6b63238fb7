import { Readable } from 'node:stream';
import { Fault } from '@image-tooling/host';
import { damaged, endsEarly } from './faults';

/** Decompresses xz piece by piece; it needs the memory of the dictionary. The decoder is loaded on first use. */
export async function* xzDecompressed(blob: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { XzReadableStream } = await import('xz-decompress');
  const compressed = Readable.toWeb(Readable.from(blob)) as ReadableStream<Uint8Array>;
  try {
    yield* Readable.fromWeb(
      new XzReadableStream(compressed) as Parameters<typeof Readable.fromWeb>[0],
    ) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw xzFault(error);
  }
}

/**
 * The decoder only throws `Error`s with this text (xz-decompress, dist/package/xz-decompress.js); its numbers are xz-embedded's
 * `enum xz_ret` (Linux, include/linux/xz.h).
 */
const DECODER_ERROR = /^get_next_output failed with error code (\d+)$/;
/** XZ_BUF_ERROR: the input ended, or bytes after the end are not xz. */
const ENDS_EARLY = 8;
/** XZ_UNSUPPORTED_CHECK, XZ_MEMLIMIT_ERROR and XZ_OPTIONS_ERROR. */
const UNSUPPORTED = [3, 4, 6];

/** Returns the decoder's error as a `Fault`; any other error unchanged. */
export function xzFault(error: unknown): unknown {
  const code = error instanceof Error ? DECODER_ERROR.exec(error.message)?.[1] : undefined;
  if (code === undefined) return error;
  if (Number(code) === ENDS_EARLY) return endsEarly('xz', ', or other bytes follow its end');
  if (!UNSUPPORTED.includes(Number(code))) return damaged('xz', `xz-embedded's error ${code}`);
  return new Fault({
    code: 'tar-format',
    message: 'The xz data uses unsupported options of xz.',
  });
}
