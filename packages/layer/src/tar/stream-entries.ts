import { ContentReader } from './content';
import type { TarEntry } from './entry';
import type { StreamedEntry } from './stream';

const HEAD = 512;

/**
 * Yields entries that `orderEntries` has ordered as `streamTar` yields those of their tar. Reads contents where they are:
 * nothing but the entries that a reader asks for. Fails with `truncated` if a content has changed its length.
 */
export async function* streamEntries(ordered: readonly TarEntry[]): AsyncGenerator<StreamedEntry> {
  const reader = new ContentReader();
  try {
    for (const entry of ordered)
      yield {
        entry,
        head: async () => Buffer.from(reader.head(entry, HEAD)),
        pieces: () => reader.pieces(entry),
      };
  } finally {
    reader.close();
  }
}
