import type { Decompress } from 'fzstd';
import { Fault } from '@image-tooling/host';
import { frameHeader, type FrameHeader } from './zstd-header';
import { BLOCK_LIMIT, frameParts, malformed, type FramePart } from './zstd-frames';

/** Frames of up to this many blocks (16 MiB at most, ours have 8) go to the native library whole. */
const WHOLE_BLOCKS = (16 * 1024 * 1024) / BLOCK_LIMIT;

/**
 * Decompresses zstd of any origin in bounded memory. The native library takes whole frames only, so a frame that
 * could be larger than 16 MiB is streamed through fzstd instead: slower, its memory is the frame's window.
 */
export async function* zstdDecompressed(
  stream: AsyncIterable<Uint8Array>,
  limits: FrameLimits = {},
): AsyncGenerator<Uint8Array> {
  let frame: Buffer[] = [];
  let streamed: StreamedFrame | undefined;
  for await (const part of frameParts(stream)) {
    if (part.kind === 'header') {
      checkHeader(frameHeader(part.bytes), limits);
      frame = [];
      streamed = undefined;
    }
    if (streamed) yield* streamed.push(part);
    else frame.push(part.bytes);
    if (!streamed && part.kind === 'last') yield await wholeFrame(frame);
    else if (!streamed && frame.length > WHOLE_BLOCKS) {
      streamed = await StreamedFrame.open();
      yield* streamed.push({ kind: 'block', bytes: Buffer.concat(frame) });
      frame = [];
    }
  }
}

/** What a frame may ask for, in bytes. Default: anything. */
export interface FrameLimits {
  readonly window?: number;
  readonly content?: number;
}

function checkHeader({ window, content = 0 }: FrameHeader, limits: FrameLimits): void {
  const { window: mostWindow = Infinity, content: mostContent = Infinity } = limits;
  if (content > mostContent)
    throw new Fault({ code: 'too-large', message: `A zstd frame has ${content} bytes of content.` });
  if (window > mostWindow) throw malformed(`a frame asks for ${window} bytes of memory`);
}

async function wholeFrame(parts: readonly Buffer[]): Promise<Uint8Array> {
  const { decompress } = await import('@mongodb-js/zstd');
  try {
    return await decompress(Buffer.concat(parts));
  } catch (error) {
    throw malformed((error as Error).message);
  }
}

/** One frame, decompressed block by block. */
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
      throw malformed((error as Error).message);
    }
    yield* this.ready;
    this.ready = [];
  }
}
