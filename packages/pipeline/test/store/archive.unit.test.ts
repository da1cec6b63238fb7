import { execFileSync } from 'node:child_process';
import { createReadStream, mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hexOf, type Failure } from '@image-tooling/model';
import {
  directoryEntry,
  fileEntry,
  hardlinkEntry,
  sendTar,
  symlinkEntry,
  writeTarFile,
  type TarEntry,
} from '@image-tooling/layer';
import { whyNoSmallDisk } from '@image-tooling/testkit';
import { failuresOf, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { importStore, type StoreRun } from '../../src/store';
import { archiveEntries } from '../../src/store/archive/write';
import { putImage, putLayer, scratchStore } from './scratch';

const NEVER = new AbortController().signal;

/** Returns the entries of an archive of one image, as an export makes them. */
async function exported(): Promise<{ run: StoreRun; entries: TarEntry[]; layers: number }> {
  const run = await scratchStore();
  const layers = [
    await putLayer(run.store, 'bootstrap', 'base', 'system'),
    await putLayer(run.store, 'tool', 'greet', 'a tool'),
  ];
  const image = await putImage(run.store, 'base', layers);
  const one = { reference: 'base-amd64', platform: 'linux/amd64', image, layers } as const;
  return { run, entries: valueOf(await archiveEntries(run.store, [one], [])), layers: layers.length };
}

const at = (path: string) => ({ kind: 'file', path }) as const;

async function fileOf(entries: readonly TarEntry[]): Promise<string> {
  const file = join(temporaryFolder(), 'archive.tar');
  valueOf(await writeTarFile(entries, file));
  return file;
}

const isRecord = ({ path }: TarEntry) => path.startsWith('records/builds/');

/** Imports into an empty store, which must be refused, and leave no record. */
async function refused(file: string): Promise<readonly Failure[]> {
  const run = await scratchStore();
  const failures = failuresOf(await importStore(run, at(file)));
  expect(readdirSync(join(run.store.root, 'builds'))).toEqual([]);
  expect(readdirSync(join(run.store.root, 'tmp'))).toEqual([]);
  return failures;
}

describe('an archive', () => {
  it('has the same bytes whenever it is written', async () => {
    const { entries } = await exported();
    const written = [];
    for (const name of ['one.tar', 'two.tar'])
      written.push(valueOf(await sendTar(entries, at(join(temporaryFolder(), name)), NEVER)));
    expect(written[0]).toEqual(written[1]);
  });

  it('brings all records and blobs into another store, and a second time changes nothing', async () => {
    const { run: from, entries, layers } = await exported();
    const file = await fileOf(entries);
    const to = await scratchStore();
    expect(valueOf(await importStore(to, at(file)))).toMatchObject({ blobs: 4, builds: layers, known: 0 });
    const content = async ({ store }: StoreRun) =>
      (await store.files()).map(({ kind, digest, size }) => [kind, digest, size]);
    expect(await content(to)).toEqual(await content(from));
    expect(valueOf(await importStore(to, at(file)))).toMatchObject({ known: layers });
    expect(await content(to)).toEqual(await content(from));
  });

  it('is read from standard input, which can be read only once', async () => {
    const { run: from, entries } = await exported();
    const file = await fileOf(entries);
    const to = await scratchStore();
    const source = { kind: 'stdin', stream: createReadStream(file) } as const;
    expect(valueOf(await importStore(to, source))).toMatchObject({ blobs: 4, known: 0 });
    expect((await to.store.files()).length).toBe((await from.store.files()).length);
    expect(readdirSync(join(to.store.root, 'tmp'))).toEqual([]);
    const [failure] = failuresOf(await importStore(to, { kind: 'stdin', stream: Readable.from(['x']) }));
    expect(failure.message).toMatch(/^Standard input ends before/);
    expect(readdirSync(join(to.store.root, 'tmp'))).toEqual([]);
  });

  it.each<[string, (entries: TarEntry[]) => TarEntry[], string, RegExp]>([
    ['a way out', (all) => [...all, fileEntry('../x', '')], 'tar-format', /"\.\.\/x"/],
    [
      'an unknown file',
      (all) => [...all, fileEntry('notes.txt', '')],
      'tar-format',
      /"notes.txt" is an unexpected file/,
    ],
    [
      'an unknown folder',
      (all) => [...all, directoryEntry('other')],
      'tar-format',
      /"other" is an unexpected folder/,
    ],
    [
      'a link',
      (all) => [...all, symlinkEntry('records/builds/x.json', '/etc/passwd')],
      'tar-format',
      /is a symlink/,
    ],
    [
      'a hard link',
      (all) => [...all, hardlinkEntry('records/x', 'oci-layout')],
      'tar-format',
      /is a hardlink/,
    ],
    ['a blob of another hash', (all) => all.map(wrongBlob), 'checksum', /should have the digest sha256:/],
    [
      'an invalid record',
      (all) => all.map((one) => (isRecord(one) ? fileEntry(one.path, '{}') : one)),
      'tar-format',
      /is not a record of a layer/,
    ],
    [
      'changed inputs',
      (all) =>
        all.map((one) =>
          one.path.startsWith('records/inputs/') && one.type === 'file' ? fileEntry(one.path, '{}') : one,
        ),
      'tar-format',
      /is not what its name says/,
    ],
    [
      'a record without its blob',
      (all) => all.filter(({ path }) => !/^blobs\/sha256\/./.test(path)),
      'tar-format',
      /lacks the blob/,
    ],
    ['nothing of ours', () => [fileEntry('x', '')], 'tar-format', /is not an exported store/],
  ])('with %s is refused', async (_, change, code, message) => {
    const { entries } = await exported();
    const failures = await refused(await fileOf(change(entries)));
    expect(failures.map((failure) => failure.code)).toContain(code);
    expect(failures.map((failure) => failure.message).join('\n')).toMatch(message);
  });

  it('with a layer that does not match its diff id is refused', async () => {
    const { run, entries } = await exported();
    const other = await putLayer(run.store, 'files', 'x', 'another');
    const lied = entries.map((one) => {
      if (!isRecord(one) || one.content.kind !== 'bytes') return one;
      const layer = JSON.parse(Buffer.from(one.content.bytes).toString()) as object;
      return fileEntry(one.path, JSON.stringify({ ...layer, diffId: other.diffId }));
    });
    const failures = await refused(await fileOf(lied));
    expect(failures[0]!.code).toBe('store-corrupt');
  });

  it('that was truncated is refused', async () => {
    const { entries } = await exported();
    const file = await fileOf(entries);
    truncateSync(file, statSync(file).size / 2);
    expect((await refused(file))[0]!.code).toBe('tar-format');
  });

  it('with another layer for a build id than the store has is refused', async () => {
    const { entries, run } = await exported();
    const to = await scratchStore();
    const other = await putLayer(to.store, 'files', 'x', 'another');
    const paths = (await to.store.getPaths(other.diffId))!;
    const [first] = (await run.store.files()).filter(({ kind }) => kind === 'build');
    valueOf(await to.store.putBuild(first!.digest, other, paths));
    const failures = failuresOf(await importStore(to, at(await fileOf(entries))));
    expect(failures.map(({ code }) => code)).toEqual(['not-reproducible']);
  });

  it('is not written if a blob was altered, or if it is stopped', async () => {
    const { run, entries } = await exported();
    const file = join(temporaryFolder(), 'archive.tar');
    expect(failuresOf(await sendTar(entries, at(file), AbortSignal.abort()))[0].code).toBe('aborted');
    const blob = (await run.store.files()).find(({ kind }) => kind === 'blob')!;
    writeFileSync(blob.path, Buffer.alloc(blob.size));
    const [failure] = failuresOf(await sendTar(entries, at(file), NEVER));
    expect(failure.message).toContain(hexOf(blob.digest));
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  const noDisk = whyNoSmallDisk();
  it.skipIf(noDisk !== undefined)(
    `reports which disk is full${noDisk ? ` (not here: ${noDisk})` : ''}`,
    async () => {
      const run = await scratchStore();
      const noise = Array.from({ length: 80_000 }, (_, at) =>
        String.fromCharCode(33 + ((at * at * 7919) % 90)),
      ).join('');
      const layer = await putLayer(run.store, 'tool', 'large', noise.repeat(30));
      const image = await putImage(run.store, 'base', [layer]);
      const blob = await run.store.putBlobFromBytes(Buffer.alloc(2_000_000, 'x'));
      const one = { reference: 'base-amd64', platform: 'linux/amd64', image, layers: [layer] } as const;
      const entries = valueOf(await archiveEntries(run.store, [one], [valueOf(blob).digest]));
      const disk = join(temporaryFolder(), 'disk');
      mkdirSync(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
      onTestFinished(() => void execFileSync('umount', ['-l', disk]));
      const file = join(disk, 'archive.tar');
      const [failure] = failuresOf(await sendTar(entries, at(file), NEVER));
      expect(failure).toMatchObject({
        code: 'disk-full',
        message: `No space left while writing ${file}.`,
        hint: 'Free space on that disk, or write to another one.',
      });
      expect(readdirSync(disk)).toEqual([]);
    },
  );
});

function wrongBlob(entry: TarEntry): TarEntry {
  return entry.path.startsWith('blobs/sha256/') && entry.type === 'file'
    ? fileEntry(entry.path, Buffer.alloc(entry.size))
    : entry;
}
