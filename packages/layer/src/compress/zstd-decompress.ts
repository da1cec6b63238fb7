import type { Decompress } from 'fzstd';
import { damaged, needsMemory, tooLarge } from './faults';
import { frameHeader, type FrameHeader } from './zstd-header';
import { BLOCK_LIMIT, frameParts, type FramePart } from './zstd-frames';

/** Bytes; our frames have 8 MiB. */
const WHOLE = 16 * 1024 * 1024;

/**
 * Decompresses zstd of any origin in bounded memory. The native library takes whole frames only, so a frame that could
 * be larger than `whole` is streamed through fzstd instead: slower, its memory is the frame's window. Of other frames,
 * the next one is decompressed on another thread while the consumer works on the current one.
 */
export async function* zstdDecompressed(
  stream: AsyncIterable<Uint8Array>,
  limits: FrameLimits = {},
): AsyncGenerator<Uint8Array> {
  const wholeBlocks = (limits.whole ?? WHOLE) / BLOCK_LIMIT;
  let frame: Buffer[] = [];
  let streamed: StreamedFrame | undefined;
  let next: Promise<Uint8Array> | undefined;
  for await (const part of frameParts(stream)) {
    if (part.kind === 'header') {
      checkHeader(frameHeader(part.bytes), limits);
      frame = [];
      streamed = undefined;
    }
    if (streamed) yield* streamed.push(part);
    else frame.push(part.bytes);
    if (!streamed && part.kind === 'last') {
      const last = next;
      next = wholeFrame(frame);
      next.catch(() => undefined); // Awaited below, in order.
      if (last) yield await last;
    } else if (!streamed && frame.length > wholeBlocks) {
      if (next) yield await next;
      next = undefined;
      streamed = await StreamedFrame.open();
      yield* streamed.push({ kind: 'block', bytes: Buffer.concat(frame) });
      frame = [];
    }
  }
  if (next) yield await next;
}

/** The maximum memory for a frame, in bytes. Default: no limit. */
export interface FrameLimits {
  readonly window?: number;
  readonly content?: number;
  /** Frames up to this size are decompressed at once, completely in memory. Default: 16 MiB. */
  readonly whole?: number;
}

function checkHeader({ window, content = 0 }: FrameHeader, limits: FrameLimits): void {
  const { window: mostWindow = Infinity, content: mostContent = Infinity } = limits;
  if (content > mostContent) throw tooLarge(mostContent);
  if (window > mostWindow) throw needsMemory(window, mostWindow);
}

async function wholeFrame(parts: readonly Buffer[]): Promise<Uint8Array> {
  const { decompress } = await import('@mongodb-js/zstd');
  try {
    return await decompress(Buffer.concat(parts));
  } catch (error) {
    throw damaged('zstd', (error as Error).message);
  }
}

/** Decompresses one frame block by block. */
class StreamedFrame {
  private ready: Uint8Array[] = [];
  private readonly decoder: Decompress;

  private constructor(decoder: typeof Decompress) {
    this.decoder = new decoder((piece) => this.ready.push(piece.slice()));
  }

  static async open(): Promise<StreamedFrame> {
    return new StreamedFrame((await import('fzstd')).Decompress);
  }

  *push(part: FramePart): Generator<Uint8Array> {
    try {
      this.decoder.push(part.bytes, part.kind === 'last');
    } catch (error) {
      throw damaged('zstd', (error as Error).message);
    }
    yield* this.ready;
    this.ready = [];
  }
}
