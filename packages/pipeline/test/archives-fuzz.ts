import { createHash } from 'node:crypto';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compress as zstd } from '@mongodb-js/zstd';
import { compress as xz } from '@napi-rs/lzma/xz';
import * as fc from 'fast-check';
import type { ReleaseFormat } from '@image-tooling/model';
import { indexPaths, readTar, writeTarFile } from '@image-tooling/layer';
import { checkCollisions } from '@image-tooling/oci';
import {
  readDeb,
  takeFromArchive,
  takeFromDeb,
  type LockedDeb,
  type TakenFiles,
} from '@image-tooling/sources';
import { buildDeb, vendorTar, vendorZip, writeAr } from '@image-tooling/testkit';
import {
  cleanFailures,
  mutatedBytes,
  mutatedLines,
  type FuzzTarget,
  type WatchedFolder,
} from '@image-tooling/testkit/fuzz';
import { withEntries, zipEntry } from './archives-fuzz-entries';

const PACK = {
  '': (bytes: Buffer) => bytes,
  '.gz': (bytes: Buffer) => gzipSync(bytes),
  '.xz': (bytes: Buffer) => xz(bytes),
  '.zst': (bytes: Buffer) => zstd(bytes),
};
type Suffix = keyof typeof PACK;
const suffix = fc.constantFrom(...(Object.keys(PACK) as Suffix[]));

const PROGRAM = { name: 'usr/bin/tool', content: 'x'.repeat(700), mode: 0o755 };

/** Every kind of entry, long names, names of other systems. */
const DATA = vendorTar([
  { name: 'usr/', flag: '5', mode: 0o755 },
  { name: 'usr/bin/', flag: '5', mode: 0o755 },
  PROGRAM,
  { name: 'usr/bin/link', flag: '2', link: '../lib/x' },
  { name: 'usr/bin/same', flag: '1', link: 'usr/bin/tool' },
  { name: `usr/lib/${'long/'.repeat(30)}x`, content: 'y' },
  { name: 'usr/lib/pax', flag: 'x', content: '30 mtime=1700000000.123456789\n24 SCHILY.xattr.user.a=b\n' },
  { name: 'usr/lib/x', content: 'z' },
  { name: 'usr/share/doc/tool/copyright', content: 'MIT' },
  { name: 'dev/null', flag: '3' },
]);
const TAR = vendorTar([
  { name: 'tool-1.0/tool', content: PROGRAM.content, mode: 0o755 },
  { name: 'tool-1.0/LICENSE', content: 'MIT' },
  { name: 'tool-1.0/link', flag: '2', link: 'tool' },
  { name: `tool-1.0/${'long/'.repeat(30)}x`, content: 'y' },
]);
const ZIP = vendorZip([
  { name: 'tool-1.0/tool', content: PROGRAM.content, mode: 0o100755 },
  { name: 'tool-1.0/LICENSE', content: 'MIT' },
  { name: 'tool-1.0/link', content: 'tool', mode: 0o120777 },
]);
const CONTROL =
  'Package: tool\nVersion: 1:2.0-3\nArchitecture: all\nDepends: a (>= 1), b | c\nDescription: x\n y\n .\n z\n';

interface Packed {
  readonly kind: 'deb' | ReleaseFormat;
  /** How it was made, for display. */
  readonly from: string;
  readonly bytes: Promise<Buffer> | Buffer;
  /** What it was made of. */
  readonly inner: Buffer;
}

const control = mutatedLines([CONTROL]).map((text) => ({
  tar: vendorTar([{ name: './control', content: text }]),
}));
const controlTar = mutatedBytes([vendorTar([{ name: './control', content: CONTROL }])]).map((tar) => ({
  tar,
}));
const wholeControl = fc.constant({ tar: vendorTar([{ name: './control', content: CONTROL }]) });
const data = fc.oneof(
  mutatedBytes([DATA]).map(withChecksums),
  { weight: 2, arbitrary: withEntries(PROGRAM) },
  fc.constant(DATA),
);

const deb: fc.Arbitrary<Packed> = fc
  .tuple(fc.oneof(control, controlTar, { weight: 3, arbitrary: wholeControl }), data, suffix, suffix)
  .map(([{ tar }, files, of, ofData]) => ({
    kind: 'deb',
    from: `control.tar${of}, data.tar${ofData}`,
    inner: Buffer.concat([tar, files]),
    bytes: debOf(tar, files, of, ofData),
  }));

async function debOf(tar: Buffer, files: Buffer, of: Suffix, ofData: Suffix): Promise<Buffer> {
  return writeAr([
    { name: 'debian-binary', data: Buffer.from('2.0\n') },
    { name: `control.tar${of}`, data: await PACK[of](tar) },
    { name: `data.tar${ofData}`, data: await PACK[ofData](files) },
  ]);
}

const archive: fc.Arbitrary<Packed> = fc
  .tuple(fc.oneof(mutatedBytes([TAR]).map(withChecksums), withEntries({ ...PROGRAM, name: 'tool' })), suffix)
  .map(([tar, of]) => ({ kind: `tar${of}`, from: `tar${of}`, inner: tar, bytes: PACK[of](tar) }));

const zip: fc.Arbitrary<Packed> = fc
  .tuple(fc.array(zipEntry, { maxLength: 3 }), fc.array(zipEntry, { maxLength: 2 }))
  .map(([before, after]) => vendorZip([...before, { name: 'tool', content: 'x', mode: 0o100755 }, ...after]))
  .map((bytes) => ({ kind: 'zip', from: 'entries', inner: bytes, bytes }));

/** What was changed after it was packed. */
function changedBytes(kind: Packed['kind'], sources: readonly Buffer[]): fc.Arbitrary<Packed> {
  return mutatedBytes(sources).map((bytes) => ({ kind, from: 'bytes', inner: bytes, bytes }));
}

/** Reads random packages and archives: they are accepted or refused, and nothing is written elsewhere. */
export async function archivesTarget(folder: WatchedFolder): Promise<FuzzTarget<Packed>> {
  const packings = ['xz', 'gz', 'zst', 'none'] as const;
  const debs = packings.map((packing) => buildDeb({ name: 'tool', files: { 'usr/bin/tool': 'x' }, packing }));
  return {
    name: 'archives',
    runs: 125,
    values: fc.oneof(
      { weight: 4, arbitrary: deb },
      { weight: 2, arbitrary: archive },
      changedBytes('deb', await Promise.all(debs)),
      { weight: 2, arbitrary: zip },
      changedBytes('zip', [ZIP]),
      changedBytes('tar.gz', [gzipSync(TAR)]),
      changedBytes('tar.xz', [await xz(TAR)]),
      changedBytes('tar.zst', [await zstd(TAR)]),
    ),
    show: ({ kind, from, inner }) => `${kind} (${from}) ${gzipSync(inner).toString('base64')}`,
    check: async ({ kind, bytes }) => {
      const given = await bytes;
      try {
        await (kind === 'deb' ? checkDeb(folder.path, given) : checkArchive(folder.path, kind, given));
      } finally {
        await folder.check();
      }
    },
  };
}

const signal = new AbortController().signal;

async function checkDeb(folder: string, bytes: Buffer): Promise<void> {
  const file = join(folder, 'tool.deb');
  await writeFile(file, bytes);
  const plainTo = join(folder, 'plain.deb');
  const locked = { ...LOCKED, file, sha256: createHash('sha256').update(bytes).digest('hex') };
  const read = await readDeb({ file, name: 'tool 1 (all)', plainTo });
  cleanFailures(read);
  if (read.ok) await checkTar(folder, plainTo, read.value.data);
  for (const wanted of ['usr/bin/tool', 'usr', 'usr/bin/link']) {
    const into = join(folder, `taken-${wanted.length}`);
    const files = { [wanted]: 'lib/tool' };
    await checkTaken(await takeFromDeb({ deb: locked, files, into, signal }));
  }
}

const LOCKED: Omit<LockedDeb, 'sha256'> = {
  name: 'tool',
  version: '1',
  architecture: 'all',
  archive: 'debian',
  path: 'pool/tool.deb',
  size: 1,
};

async function checkTar(
  folder: string,
  file: string,
  part: { offset: number; length: number },
): Promise<void> {
  const entries = await readTar(file, part);
  cleanFailures(entries);
  if (!entries.ok) return;
  cleanFailures(checkCollisions([{ name: 'a', kind: 'bootstrap', paths: indexPaths(entries.value) }]));
  cleanFailures(await writeTarFile(entries.value, join(folder, 'unpacked.tar'), signal));
}

async function checkArchive(folder: string, format: ReleaseFormat, bytes: Buffer): Promise<void> {
  const file = join(folder, 'archive');
  await writeFile(file, bytes);
  for (const wanted of ['tool', 'tool-1.0', 'tool-1.0/link']) {
    const into = join(folder, `taken-${wanted.length}`);
    const files = { [wanted]: 'bin/tool' };
    const name = `tool.${format}`;
    await checkTaken(await takeFromArchive({ name, archive: { file }, format, files, into, signal }));
  }
}

/** Content is within its file, and its target below the wanted folder. */
async function checkTaken(taken: Awaited<ReturnType<typeof takeFromArchive>>): Promise<void> {
  cleanFailures(taken);
  if (!taken.ok) return;
  for (const { content } of withContent(taken.value))
    if (content.offset + content.length > (await stat(content.file)).size)
      throw new Error(`a content that ends after its file: ${JSON.stringify(content)}`);
  const outside = taken.value.files.find(({ to }) => to.split('/').includes('..') || to.startsWith('/'));
  if (outside) throw new Error(`something that was taken goes elsewhere: ${JSON.stringify(outside)}`);
}

function withContent({ files, terms }: TakenFiles) {
  return [...files.flatMap((file) => (file.kind === 'file' ? [file] : [])), ...terms];
}

/** Fixes the checksums of changed headers, so that they are read (POSIX ustar, "chksum"). */
function withChecksums(tar: Buffer): Buffer {
  const copy = Buffer.from(tar);
  for (let start = 0; start + 512 <= copy.length; start += 512) {
    if (copy.toString('latin1', start + 257, start + 262) !== 'ustar') continue;
    const block = copy.subarray(start, start + 512);
    block.fill(' ', 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  }
  return copy;
}
