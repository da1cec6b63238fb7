import { open } from 'node:fs/promises';
import type { Failure } from '@image-tooling/model';
import { bytesText } from '@image-tooling/model/bytes-text';

/** Bytes of each output of a command that are kept for users: half from its beginning, half from its end. */
export const KEPT_BYTES = 2 * 1024 * 1024;

/** The maximum size of an output that a program reads: a quarter of the maximum size of a string. */
export const WHOLE_BYTES = 128_000_000;

/** Returns the failure of a command that printed more than `WHOLE_BYTES`. */
export function outputTooLarge(command: string): Failure {
  return {
    code: 'too-large',
    message: `${command} printed more than ${bytesText(WHOLE_BYTES)}, which can't be read.`,
  };
}

/** The maximum distance of a cut from the end of a line. */
const NEAR = 64 * 1024;

/** Keeps the beginning and the end of an output of any length; counts the bytes between. */
export class KeptOutput {
  private readonly head: Buffer[] = [];
  private readonly tail: Ring;
  private readonly half: number;
  private total = 0;

  constructor(private readonly limit: number = KEPT_BYTES) {
    this.half = limit / 2;
    this.tail = new Ring(this.half);
  }

  add(chunk: Buffer): void {
    const room = Math.max(0, this.half - this.total);
    if (room > 0) this.head.push(chunk.subarray(0, room));
    if (chunk.length > room) this.tail.add(chunk.subarray(room));
    this.total += chunk.length;
  }

  /** Whether all of it is kept. */
  get isWhole(): boolean {
    return this.total <= this.limit;
  }

  /** Returns the output as UTF-8; a line counts omitted bytes: "… 399 MB left out …". */
  text(): string {
    const [head, tail] = [Buffer.concat(this.head), this.tail.bytes()];
    if (this.isWhole) return Buffer.concat([head, tail]).toString('utf8');
    return shortened(head, tail, this.total);
  }
}

/** Keeps the last bytes of a stream: a queue of chunks would be far slower if each is a line. */
class Ring {
  private buffer = Buffer.alloc(0);
  private total = 0;

  constructor(private readonly size: number) {}

  add(chunk: Buffer): void {
    if (this.buffer.length === 0) this.buffer = Buffer.alloc(this.size);
    const last = chunk.subarray(-this.size);
    const at = (this.total + chunk.length - last.length) % this.size;
    const first = last.copy(this.buffer, at);
    last.copy(this.buffer, 0, first);
    this.total += chunk.length;
  }

  bytes(): Buffer {
    if (this.total <= this.size) return this.buffer.subarray(0, this.total);
    const at = this.total % this.size;
    return Buffer.concat([this.buffer.subarray(at), this.buffer.subarray(0, at)]);
  }
}

/** Returns a file's text as `KeptOutput` keeps it, without reading the rest. Throws file system errors. */
export async function keptFile(path: string, limit: number = KEPT_BYTES): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size <= limit) return await file.readFile('utf8');
    const part = async (position: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(limit / 2), 0, limit / 2, position);
      return buffer.subarray(0, bytesRead);
    };
    return shortened(await part(0), await part(size - limit / 2), size);
  } finally {
    await file.close();
  }
}

/** Cuts at the ends of lines near the cut, else between characters. */
function shortened(head: Buffer, tail: Buffer, total: number): string {
  const lineEnd = head.lastIndexOf('\n');
  const begin = lineEnd > head.length - NEAR ? head.subarray(0, lineEnd) : head.subarray(0, wholeUpTo(head));
  const nextLine = tail.indexOf('\n') + 1;
  const isNear = nextLine > 0 && nextLine < Math.min(NEAR, tail.length);
  const end = isNear ? tail.subarray(nextLine) : tail.subarray(tail.findIndex((byte) => !isInside(byte)));
  const leftOut = total - begin.length - end.length;
  return `${begin.toString('utf8')}\n… ${bytesText(leftOut)} left out …\n${end.toString('utf8')}`;
}

/** Returns the start of the last UTF-8 character: it may be cut. */
function wholeUpTo(bytes: Buffer): number {
  let at = bytes.length - 1;
  while (at > 0 && isInside(bytes[at] ?? 0)) at--;
  return Math.max(at, 0);
}

/** Whether a byte continues a character: such bytes are 10xxxxxx (RFC 3629, section 3). */
function isInside(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
