import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { compress as xz } from '@napi-rs/lzma/xz';
import { compress as zstd } from '@mongodb-js/zstd';
import { describe, expect, it } from 'vitest';
import { codesOf, failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import { unpackBytes, type Packing } from '../src';

const PACK: Readonly<Record<Packing, (content: Buffer) => Promise<Buffer> | Buffer>> = {
  xz,
  zstd,
  gzip: (content) => gzipSync(content),
  none: (content) => content,
};
const MIB = 1024 ** 2;
/** Some of it can be compressed, some not. */
const CONTENT = Buffer.concat([
  Buffer.alloc(3 * MIB, 'text '),
  Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * at * 7919) >> 5)),
]);

describe('compressed data', () => {
  it.each(['xz', 'gzip', 'zstd'] as const)(
    'with %s is decompressed up to the limit, and no further',
    async (packing) => {
      const packed = await PACK[packing](CONTENT);
      const whole = valueOf(await unpackBytes(packed, packing, CONTENT.length));
      expect(whole.equals(CONTENT)).toBe(true);
      expect(codesOf(await unpackBytes(packed, packing, CONTENT.length - 1))).toEqual(['too-large']);
    },
  );

  it.each(['xz', 'gzip', 'zstd'] as const)(
    'with %s fails if it is truncated, or followed by other bytes',
    async (packing) => {
      const packed = await PACK[packing](CONTENT);
      const cut = packed.subarray(0, packed.length - 20);
      expect(codesOf(await unpackBytes(cut, packing, 2 * CONTENT.length))).toEqual(['truncated']);
      const more = Buffer.concat([packed, Buffer.from('something else')]);
      expect(codesOf(await unpackBytes(more, packing, 2 * CONTENT.length))).toHaveLength(1);
    },
  );

  it('with xz is decompressed on several threads, which do not keep the process alive', async () => {
    const contents = Array.from({ length: 9 }, (_, at) => Buffer.alloc(MIB + at, `${at}`));
    const unpacked = await Promise.all(
      contents.map(async (content) => valueOf(await unpackBytes(await xz(content), 'xz', 2 * MIB))),
    );
    for (const [at, content] of contents.entries()) expect(unpacked[at]?.equals(content)).toBe(true);
    const damaged = await xz(CONTENT);
    damaged.fill(0xff, damaged.length - 30, damaged.length - 10);
    expect(codesOf(await unpackBytes(damaged, 'xz', 2 * CONTENT.length))).toEqual(['tar-format']);
    expect(valueOf(await unpackBytes(await xz(CONTENT), 'xz', CONTENT.length)).equals(CONTENT)).toBe(true);
  });

  it('of the program xz is read: several blocks, large dictionaries, no compression', async (context) => {
    const packed = (...args: string[]) => execFileSync('xz', ['--stdout', ...args], { input: CONTENT });
    try {
      packed();
    } catch {
      return context.skip('no xz here');
    }
    const made = [
      ['--block-size=100000', '--threads=2'],
      ['-0', '--check=crc32'],
      ['-9e', '--check=none'],
    ];
    for (const args of made)
      expect(valueOf(await unpackBytes(packed(...args), 'xz', CONTENT.length)).equals(CONTENT)).toBe(true);
    for (const args of [['--check=sha256'], ['--x86', '--lzma2'], ['--lzma2=dict=128MiB']])
      expect(failuresOf(await unpackBytes(packed(...args), 'xz', CONTENT.length))).toEqual([
        { code: 'tar-format', message: 'The xz data uses unsupported options of xz.' },
      ]);
  });
});

describe('a decompression bomb', () => {
  it('of xz is detected whatever its index says', async () => {
    const bomb = await xz(Buffer.alloc(64 * MIB));
    bomb.fill(0, bomb.length - 20, bomb.length - 12);
    expect(codesOf(await unpackBytes(bomb, 'xz', MIB))).toEqual(['too-large']);
  });

  it('of zstd is not read to its end, which is damaged', async () => {
    expect(codesOf(await unpackBytes(zstdBomb(1024), 'zstd', MIB))).toEqual(['too-large']);
    expect(codesOf(await unpackBytes(zstdBomb(8), 'zstd', 2 * MIB))).toEqual(['tar-format']);
  });

  it('of zstd must not need a window of gigabytes', async () => {
    const bomb = zstdBomb(1, 0xff);
    const [failure] = failuresOf(await unpackBytes(bomb, 'zstd', MIB));
    expect(failure.message).toContain('needs 4123168604160 bytes of memory');
  });
});

/** A frame of blocks that repeat one byte 128 Ki times each; the last block is damaged (RFC 8878, section 3.1.1). */
function zstdBomb(blocks: number, window = 0x50): Buffer {
  const block = (last: number, type: number, size: number, ...body: number[]) => {
    const head = Buffer.alloc(3);
    head.writeUIntLE(last + (type << 1) + size * 8, 0, 3);
    return Buffer.concat([head, Buffer.from(body)]);
  };
  const repeated = Array.from({ length: blocks }, () => block(0, 1, 128 * 1024, 0x78));
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, window]),
    ...repeated,
    block(1, 2, 4, 9, 9, 9, 9),
  ]);
}
