import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { caught, Fault } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import { zstdDecompressed } from './zstd-decompress';

export interface Unzstd {
  readonly file: string;
  /** Where the content is written. */
  readonly to: string;
  /** Bytes of content. */
  readonly most: number;
  readonly signal: AbortSignal;
}

/** What zstd itself decodes without being asked for more: 128 MiB (zstd(1), --long; ZSTD_WINDOWLOG_LIMIT_DEFAULT). */
const MOST_WINDOW = 2 ** 27;

/**
 * Decompresses a zstd file of somebody else's making. Gives the content's bytes. Fails with `truncated`, `tar-format`
 * (no zstd, or a window of more than 128 MiB), `too-large`, `disk-full` and `io`; an abort is thrown.
 */
export async function unzstd({ file, to, most, signal }: Unzstd): Promise<Result<number>> {
  return caught(to, async () => {
    let bytes = 0;
    const limits = { window: MOST_WINDOW, content: most };
    const content = zstdDecompressed(createReadStream(file) as AsyncIterable<Uint8Array>, limits);
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of content) {
        bytes += piece.length;
        if (bytes > most)
          throw new Fault({ code: 'too-large', message: `It unpacks to more than ${most} bytes.` });
        yield piece;
      }
    };
    await pipeline(counted, createWriteStream(to), { signal });
    return bytes;
  });
}
