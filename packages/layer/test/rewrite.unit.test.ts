import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fault } from '@image-tooling/host';
import { codesOf, failuresOf, gathered, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { fileEntry, readTarBytes, rewriteTar, REMOVED, writeTarBytes, type Rewritten } from '../src';
import type { TarEntry } from '../src';
import { BLOCK } from '../src/tar/header';
import { encodeHeader } from '../src/tar/encode';
import { readPax, writePax } from '../src/tar/pax';

const END = Buffer.alloc(2 * BLOCK);
const keep = (): Rewritten => 'unchanged';

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function rewritten(
  blocks: readonly Buffer[],
  rewrite: (entry: TarEntry) => Rewritten,
  chunk = 700,
): Promise<Buffer> {
  return gathered(rewriteTar(inChunks(Buffer.concat(blocks), chunk), 'a.tar', rewrite));
}

/** A tar of GNU tar's making with a long name, a link and a PAX time. */
function gnuTar(...args: string[]): Buffer {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'd'));
  writeFileSync(join(folder, 'd', 'n'.repeat(150)), 'x'.repeat(3000));
  writeFileSync(join(folder, 'a'), 'a');
  execFileSync('ln', [join(folder, 'a'), join(folder, 'b')]);
  return execFileSync('tar', ['-cf', '-', ...args, '-C', folder, 'a', 'b', 'd']);
}

describe('rewriting a tar', () => {
  it.each([1, 511, 512, 513, 100_000])(
    'passes an archive through byte for byte, in chunks of %i bytes',
    async (chunk) => {
      for (const format of ['posix', 'gnu', 'ustar']) {
        const archive = gnuTar(`--format=${format === 'ustar' ? 'gnu' : format}`, '--blocking-factor=2');
        const out = await rewritten([archive], keep, chunk);
        expect(out.equals(archive.subarray(0, out.length))).toBe(true);
        expect(archive.subarray(out.length).every((byte) => byte === 0)).toBe(true);
      }
    },
  );

  it('copies nothing of entries that stay unchanged', async () => {
    const tar = await writeTarBytes([
      fileEntry('a', 'x'.repeat(400_000)),
      fileEntry('b', 'y'),
      fileEntry('c', 'z'),
    ]);
    const yielded: Buffer[] = [];
    for await (const piece of rewriteTar(inChunks(tar, tar.length), 'a.tar', keep)) yielded.push(piece);
    const entries = yielded.slice(0, -1);
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.filter(({ buffer }) => buffer !== tar.buffer)).toEqual([]);
    expect(Buffer.concat(yielded).equals(tar)).toBe(true);
  });

  it('removes an entry with its content, and replaces headers alone', async () => {
    const tar = await writeTarBytes([fileEntry('a', 'x'.repeat(1000)), fileEntry('b', 'kept')]);
    const out = await rewritten([tar], (entry) =>
      entry.path === 'a' ? REMOVED : { entries: [{ ...entry, mode: 0o4755 }], withContent: true },
    );
    expect(out.equals(await writeTarBytes([fileEntry('b', 'kept', { mode: 0o4755 })]))).toBe(true);
  });

  it('copies the values of a global header into the entries, which may be separated from it', async () => {
    const tar = gnuTar('--format=posix', '--pax-option=globexthdr.name=g,uid=4711');
    const entries = valueOf(await readTarBytes(await rewritten([tar], keep), { name: 'out' }));
    expect(entries.map(({ uid }) => uid)).toEqual([4711, 4711, 4711, 4711]);
  });

  const header = encodeHeader(fileEntry('a', ''));
  it.each([
    ['nothing at all', []],
    ['an archive without its end', [header]],
    ['half a header', [header.subarray(0, 100)]],
    ['a header without its content', [encodeHeader(fileEntry('a', 'x'.repeat(10)))]],
    ['a wrong checksum', [Buffer.from(header.map((byte, at) => (at === 0 ? 66 : byte))), END]],
    ['a PAX record without "="', [paxHeader('11 comment\n'), header, END]],
  ])('fails on %s', async (_, blocks) => {
    const error: unknown = await rewritten(blocks, keep).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Fault);
    expect((error as Fault).failure.code).toBe('tar-format');
  });
});

/** A PAX header of these bytes. */
function paxHeader(body: string): Buffer {
  const block = Buffer.from(encodeHeader(fileEntry('pax', body)));
  block.write('x', 156, 'latin1');
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([block, Buffer.from(body.padEnd(BLOCK, '\0'))]);
}

describe('PAX records', () => {
  it.each([1, 85, 88, 89, 90, 91, 92, 985, 990, 9990])('keep a value of %i bytes', (length) => {
    const records = new Map([['path', '\xff'.repeat(length)]]);
    expect(readPax(writePax(records))).toEqual(records);
  });

  it.each(['11 comment\n', '8 path=a\n', '11 path=a\n', '10 path=ab', 'x path=a\n', '0 path=a\n'])(
    '%j is refused',
    async (body) => {
      const tar = Buffer.concat([paxHeader(body), encodeHeader(fileEntry('a', '')), END]);
      const read = await readTarBytes(tar, { name: 'a.tar' });
      expect(codesOf(read)).toEqual(['tar-format']);
      expect(failuresOf(read)[0].message).toBe(
        "a.tar can't be read as a tar: a PAX header has a malformed record.",
      );
    },
  );
});
