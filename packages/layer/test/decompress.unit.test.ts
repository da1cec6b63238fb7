import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { gathered, largeContent } from '@image-tooling/testkit/helpers';
import { decompressed, type Packing } from '../src';

describe('decompressing', () => {
  async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const all = (bytes: Buffer, compression: Packing, size = 65_536) =>
    gathered(decompressed(pieces(bytes, size), compression));
  const zstd = (args: string[], input: Buffer) =>
    execFileSync('zstd', ['-q', '-c', ...args], { input, maxBuffer: 1e8 });

  it('reads one frame of any size, made by the zstd program', async () => {
    const text = Buffer.concat([largeContent(), largeContent()]);
    for (const args of [
      ['-3', '--long=22', '--check'],
      ['-1', '--no-check'],
    ])
      expect((await all(zstd(args, text), 'zstd')).equals(text)).toBe(true);
  }, 60_000);

  it('reads several frames, with empty and skippable ones between them, in pieces of any size', async () => {
    const skippable = Buffer.from('502a4d1803000000616263', 'hex');
    const stream = Buffer.concat([
      zstd([], Buffer.from('one ')),
      skippable,
      zstd([], Buffer.alloc(0)),
      zstd([], Buffer.from('two')),
    ]);
    for (const size of [1, 7, 1000]) expect((await all(stream, 'zstd', size)).toString()).toBe('one two');
  });

  it('reads gzip of several members', async () => {
    const gzip = (text: string) => execFileSync('gzip', ['-c'], { input: text });
    expect((await all(Buffer.concat([gzip('one '), gzip('two')]), 'gzip')).toString()).toBe('one two');
  });

  it.each(['zstd', 'gzip'] as const)(
    'fails on a %s stream that is truncated or has another format',
    async (compression) => {
      const whole =
        compression === 'zstd'
          ? zstd([], largeContent())
          : execFileSync('gzip', ['-c', '-1'], { input: largeContent(), maxBuffer: 1e8 });
      for (const length of [3, 10, 1000, whole.length - 1])
        await expect(all(whole.subarray(0, length), compression), `${length} bytes`).rejects.toMatchObject({
          failure: { code: 'truncated' },
        });
      await expect(all(Buffer.from('neither, by far'), compression)).rejects.toMatchObject({
        failure: { code: 'tar-format' },
      });
    },
    60_000,
  );
});
