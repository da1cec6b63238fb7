import { describe, expect, it } from 'vitest';
import { gathered, valueOf } from '@image-tooling/testkit/helpers';
import { fileEntry, readTarBytes, streamTar, symlinkEntry, writeTarBytes, type TarEntry } from '../src';

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const ENTRIES = [
  fileEntry('a', 'x'.repeat(3000)),
  fileEntry('empty', ''),
  symlinkEntry('link', 'a'),
  fileEntry('z', 'short'),
];

const stream = (tar: Buffer, chunk: number) => streamTar(inChunks(tar, chunk), { name: 'a.tar' });

describe('a tar from a stream', () => {
  it.each([1, 511, 512, 513, 100_000])(
    'has the entries and contents of the tar, in chunks of %i bytes',
    async (chunk) => {
      const tar = await writeTarBytes(ENTRIES);
      const found: TarEntry[] = [];
      for await (const { entry, head, pieces } of unbound(stream(tar, chunk))) {
        const start = await head();
        const bytes = await gathered(pieces());
        expect(start.equals(bytes.subarray(0, 512))).toBe(true);
        found.push(bytes.length > 0 ? { ...entry, content: { kind: 'bytes', bytes } } : entry);
      }
      expect(found).toEqual(valueOf(await readTarBytes(tar, { name: 'a.tar' })));
    },
  );

  it('skips what is not read, and what was begun', async () => {
    const tar = await writeTarBytes(ENTRIES);
    const paths: string[] = [];
    for await (const { entry, head, pieces } of unbound(stream(tar, 700))) {
      paths.push(entry.path);
      if (entry.path === 'a') for await (const _ of pieces()) break;
      if (entry.path === 'z') await head();
    }
    expect(paths).toEqual(['a', 'empty', 'link', 'z']);
  });

  it.each([100, 700, 2000])('is refused if it ends after %i bytes', async (length) => {
    const tar = (await writeTarBytes(ENTRIES)).subarray(0, length);
    const read = async () => {
      for await (const { head } of unbound(stream(tar, 700))) await head();
    };
    await expect(read()).rejects.toMatchObject({ failure: { code: 'tar-format' } });
  });
});

/** The functions of an entry need no `this`. */
async function* unbound(entries: ReturnType<typeof streamTar>) {
  for await (const one of entries) {
    const { entry } = one;
    yield { entry, head: () => one.head(), pieces: () => one.pieces() };
  }
}
