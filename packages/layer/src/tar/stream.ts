import type { TarEntry } from './entry';
import { paddingOf } from './header';
import { StreamInput } from './input';
import { TarParser, type TarRules } from './parse';

/** An entry of a tar, whose content is read when it is its turn. */
export interface StreamedEntry {
  /** If it is read from a stream, without its content. */
  readonly entry: TarEntry;
  /** Returns the first 512 bytes of its content, or all if there are fewer, and leaves them to `pieces`. */
  head(): Promise<Buffer>;
  /**
   * Yields its content, before the next entry is requested; each piece is valid until the next one is. What is not read
   * is skipped.
   */
  pieces(): AsyncGenerator<Uint8Array>;
}

const PIECE = 256 * 1024;
const HEAD = 512;

/**
 * Yields the entries of a tar in bounded memory, and reads the stream to its end. The pieces of `tar` must not change.
 * Throws a `Fault` with `tar-format` on a malformed or truncated tar.
 */
export async function* streamTar(
  tar: AsyncIterable<Uint8Array>,
  rules: TarRules,
): AsyncGenerator<StreamedEntry> {
  const input = new StreamInput(tar);
  const parser = new TarParser(input, rules);
  for (let next = await parser.next(); next; next = await parser.next()) {
    const { entry } = next;
    const content = new Content(input, parser, entry.size);
    yield { entry, head: () => content.head(), pieces: () => content.pieces() };
    await content.skip();
    const padding = paddingOf(entry.size);
    if (padding > 0 && !(await input.take(padding))) throw parser.truncated();
  }
  while ((await input.piece(PIECE)).length > 0); // The padding of a tape's last record.
}

class Content {
  private first: Buffer | undefined;

  constructor(
    private readonly input: StreamInput,
    private readonly parser: TarParser,
    /** Bytes of the content that are still in the input. */
    private left: number,
  ) {}

  async head(): Promise<Buffer> {
    if (!this.first) {
      const wanted = Math.min(this.left, HEAD);
      this.first = await this.input.read(wanted);
      if (this.first.length < wanted) throw this.parser.truncated();
      this.left -= wanted;
    }
    return this.first;
  }

  async *pieces(): AsyncGenerator<Buffer> {
    if (this.first && this.first.length > 0) yield this.first;
    yield* this.rest();
  }

  async skip(): Promise<void> {
    for await (const _ of this.rest());
  }

  private async *rest(): AsyncGenerator<Buffer> {
    while (this.left > 0) {
      const piece = await this.input.piece(Math.min(this.left, PIECE));
      if (piece.length === 0) throw this.parser.truncated();
      this.left -= piece.length;
      yield piece;
    }
  }
}
