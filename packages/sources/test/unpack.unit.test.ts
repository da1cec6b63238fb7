import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compress as xz } from '@napi-rs/lzma/xz';
import { compress as zstd } from '@mongodb-js/zstd';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeAr } from '@image-tooling/testkit';
import { readDeb } from '../src';
import { TooLarge, unpack, type Packing } from '../src/debian/unpack';
import { xzContentSize } from '../src/debian/xz-size';
import { zstdBound } from '../src/debian/zstd-bound';
import { shown } from './support';

const PACK: Readonly<Record<Packing, (content: Buffer) => Promise<Buffer> | Buffer>> = {
  xz,
  zst: zstd,
  gz: (content) => gzipSync(content),
  none: (content) => content,
};
const MIB = 1024 ** 2;
/** Some of it can be compressed, some not. */
const CONTENT = Buffer.concat([
  Buffer.alloc(3 * MIB, 'text '),
  Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * at * 7919) >> 5)),
]);

describe('what is packed', () => {
  it.each(['xz', 'gz', 'zst'] as const)(
    'with %s is unpacked up to the limit, and no further',
    async (packing) => {
      const packed = await PACK[packing](CONTENT);
      expect((await unpack(packed, packing, CONTENT.length)).equals(CONTENT)).toBe(true);
      await expect(unpack(packed, packing, CONTENT.length - 1)).rejects.toThrow(TooLarge);
    },
  );

  it('has a size that is known before', async () => {
    expect(xzContentSize(await xz(CONTENT))).toBe(CONTENT.length);
    expect(xzContentSize(await xz(Buffer.alloc(0)))).toBe(0);
    const bound = zstdBound(await zstd(CONTENT));
    expect(bound).toBeGreaterThanOrEqual(CONTENT.length);
    expect(bound).toBeLessThan(2 * CONTENT.length);
  });

  it('by xz itself, in several blocks and without compression, has one too', (context) => {
    const packed = (...args: string[]) => execFileSync('xz', ['--stdout', ...args], { input: CONTENT });
    try {
      packed();
    } catch {
      return context.skip('no xz here');
    }
    expect(xzContentSize(packed('--block-size=100000', '--threads=2'))).toBe(CONTENT.length);
    expect(xzContentSize(packed('-0', '--check=sha256'))).toBe(CONTENT.length);
    expect(() => xzContentSize(packed('--x86', '--lzma2'))).toThrow('an xz filter other than LZMA2');
  });
});

describe('a bomb', () => {
  it('of xz is found whatever its index says', async () => {
    const bomb = await xz(Buffer.alloc(64 * MIB));
    bomb.fill(0, bomb.length - 20, bomb.length - 12);
    await expect(unpack(bomb, 'xz', MIB)).rejects.toThrow(TooLarge);
  });

  it('of zstd is not unpacked to its end, which is damaged', async () => {
    await expect(unpack(zstdBomb(1024), 'zst', MIB)).rejects.toThrow(TooLarge);
    await expect(unpack(zstdBomb(8), 'zst', 2 * MIB)).rejects.toThrow();
  });

  it('of zstd may not ask for a window of gigabytes', async () => {
    const bomb = zstdBomb(1, 0xff);
    await expect(unpack(bomb, 'zst', MIB)).rejects.toThrow('asks for 4123168604160 bytes of memory');
  });

  it('in a .deb is refused, the smaller the package the sooner', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bomb-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const control = controlTar('Package: x\nVersion: 1\n');
    const bytes = writeAr([
      { name: 'debian-binary', data: Buffer.from('2.0\n') },
      { name: 'control.tar', data: control },
      { name: 'data.tar.xz', data: xzBomb(256 * MIB) },
    ]);
    await writeFile(join(folder, 'x.deb'), bytes);
    const read = await readDeb({
      file: join(folder, 'x.deb'),
      name: 'x 1 (all)',
      plainTo: join(folder, 'plain'),
    });
    expect(shown(read)).toMatchInlineSnapshot(`
      "[too-large] The package x 1 (all) unpacks to more than 268435456 bytes.
      -> It was made to exhaust memory, or is damaged: report it to whoever makes that archive."
    `);
  });
});

/** A tar with the file `control` (POSIX ustar: name, size at 124, type at 156). */
function controlTar(text: string): Buffer {
  const header = Buffer.alloc(512);
  header.write('control', 0);
  header.write(text.length.toString(8).padStart(11, '0'), 124);
  header.write('0', 156);
  const padding = Buffer.alloc(512 - (text.length % 512));
  return Buffer.concat([header, Buffer.from(text), padding, Buffer.alloc(1024)]);
}

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

/** Chunks of 2 MiB that say so and hold one byte each: nothing that could be decoded (xz file format 1.2). */
function xzBomb(bytes: number): Buffer {
  const header = Buffer.from('fd377a585a0000016922de36', 'hex');
  const blockHeader = Buffer.from('0200210116000000742fe5a3', 'hex');
  const chunk = Buffer.from([0xff, 0xff, 0xff, 0, 0, 0x5d, 0]);
  const chunks = Array.from({ length: bytes / (2 * MIB) + 1 }, () => chunk);
  return Buffer.concat([header, blockHeader, ...chunks, Buffer.alloc(64)]);
}
