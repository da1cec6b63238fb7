import { open } from 'node:fs/promises';
import { caught } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import { isZeroBlock } from './decode';
import { NO_CONTENT, type Content, type TarEntry } from './entry';
import { BLOCK, paddingOf } from './header';
import { bytesAccess, RangeInput } from './input';
import { TarParser, type TarRules } from './parse';
import { WindowReader } from './window';

/** The place of a tar in another file, in bytes. */
export interface FilePart {
  readonly offset: number;
  readonly length: number;
}

export interface ReadRules extends TarRules {
  /** Fails on anything but zeros after the end. */
  readonly refuseBytesAfterEnd?: boolean;
}

/**
 * Indexes an uncompressed tar on disk. Contents stay where they are, as ranges of the file. Fails with `tar-format` on
 * anything malformed, truncated or not representable (sparse files), and with `io` if the file can't be read. Messages
 * use its path, unless the rules have a name.
 */
export async function readTar(
  file: string,
  part?: FilePart,
  rules: Partial<ReadRules> = {},
): Promise<Result<TarEntry[]>> {
  return caught(file, async () => {
    const handle = await open(file, 'r');
    try {
      const { offset, length } = part ?? { offset: 0, length: (await handle.stat()).size };
      const input = new RangeInput(new WindowReader(handle), offset, offset + length);
      const contentAt = (start: number, size: number): Content => ({
        kind: 'range',
        file,
        offset: start,
        length: size,
      });
      return await entriesOf(input, { name: file, ...rules }, contentAt);
    } finally {
      await handle.close();
    }
  });
}

/** Reads a small tar in memory, as `readTar` does. Contents are views of `tar`. */
export async function readTarBytes(tar: Buffer, rules: ReadRules): Promise<Result<TarEntry[]>> {
  const input = new RangeInput(bytesAccess(tar), 0, tar.length);
  return caught(rules.name, () =>
    entriesOf(input, rules, (start, size) => ({ kind: 'bytes', bytes: tar.subarray(start, start + size) })),
  );
}

async function entriesOf(
  input: RangeInput,
  rules: ReadRules,
  contentAt: (start: number, size: number) => Content,
): Promise<TarEntry[]> {
  const parser = new TarParser(input, rules);
  const found: TarEntry[] = [];
  for (let next = await parser.next(); next; next = await parser.next()) {
    const { entry } = next;
    found.push({ ...entry, content: entry.size > 0 ? contentAt(input.position, entry.size) : NO_CONTENT });
    if (!input.skip(entry.size + paddingOf(entry.size))) throw parser.truncated();
  }
  if (rules.refuseBytesAfterEnd === true) await checkAfterEnd(input, parser);
  return found;
}

async function checkAfterEnd(input: RangeInput, parser: TarParser): Promise<void> {
  while (input.left > 0) {
    const at = input.position;
    const block = await input.take(Math.min(BLOCK, input.left));
    if (!block) throw parser.truncated();
    if (!isZeroBlock(block)) throw parser.malformed('other bytes follow its end', at);
  }
}
