import type { TarEntry } from '@image-tooling/layer';
import type { ExportOptions } from './request';

/** Returns the entries with streams that report how many bytes of all streams have been read. */
export function reporting(entries: readonly TarEntry[], { onBytes }: ExportOptions): readonly TarEntry[] {
  if (!onBytes) return entries;
  const streams = entries.filter(({ content }) => content.kind === 'stream');
  const total = streams.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const read = (bytes: number): void => onBytes((done += bytes), total);
  return entries.map((entry) => ({ ...entry, content: counted(entry.content, read) }));
}

function counted(content: TarEntry['content'], read: (bytes: number) => void): TarEntry['content'] {
  if (content.kind !== 'stream') return content;
  return {
    kind: 'stream',
    async *open() {
      for await (const piece of content.open()) {
        read(piece.length);
        yield piece;
      }
    },
  };
}
