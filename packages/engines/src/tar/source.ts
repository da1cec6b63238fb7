/** Bytes taken from a stream in the pieces that a reader asks for. */
export interface ByteSource {
  /** Exactly so many bytes; undefined where the stream ended before the first. Throws where it ended within. */
  exactly(length: number): Promise<Buffer | undefined>;
  /** At least one byte and at most so many; undefined at the end. */
  atMost(length: number): Promise<Buffer | undefined>;
}

/** Makes a byte source of chunks of any size. Copies only where a piece spans chunks. */
export function byteSource(chunks: AsyncIterable<Uint8Array>, onEnd: () => Error): ByteSource {
  const iterator = chunks[Symbol.asyncIterator]();
  let current: Buffer = Buffer.alloc(0);
  const fill = async (): Promise<boolean> => {
    while (current.length === 0) {
      const next = await iterator.next();
      if (next.done === true) return false;
      current = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    return true;
  };
  const atMost = async (length: number): Promise<Buffer | undefined> => {
    if (current.length === 0 && !(await fill())) return undefined;
    const piece = current.subarray(0, length);
    current = current.subarray(piece.length);
    return piece;
  };
  return {
    atMost,
    async exactly(length) {
      const first = await atMost(length);
      if (first === undefined || first.length === length) return first;
      const pieces = [first];
      for (let missing = length - first.length; missing > 0;) {
        const piece = await atMost(missing);
        if (piece === undefined) throw onEnd();
        pieces.push(piece);
        missing -= piece.length;
      }
      return Buffer.concat(pieces, length);
    },
  };
}
