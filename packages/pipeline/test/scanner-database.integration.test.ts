import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Image, ScannerName } from '@image-tooling/model';
import { scannerAgeFailures, type ScannerLock } from '@image-tooling/scan';
import {
  CANARIES,
  createRig,
  startRegistry,
  trivyDatabase,
  type RealRegistry,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { codesOf, failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { lockScannerDatabases } from '../src/scanner';
import { ensureDatabase } from '../src/scanner/database/ensure';
import { MIRRORS } from '../src/scanner/database/mirrors';
import { inSession, packed, pushTrivy, REPOSITORY, writeGrypeListing } from './scanner-rig';

const TIME = new Date('2026-11-20T06:00:00Z');
const SECONDS = TIME.getTime() / 1000;
const IMAGES = [{ folder: 'images/base' }, { folder: 'images/child' }] as Image[];
/** Trivy's database needs no engine. */
const NO_SYSTEM = { platform: 'linux/amd64', system: [] } as never;

let rig: WorkspaceRig;
let registry: RealRegistry;
let archive: Buffer;

beforeAll(async () => {
  registry = await startRegistry();
  rig = await createRig();
  archive = await packed(trivyDatabase(CANARIES, { time: TIME }));
});
afterAll(() => Promise.all([rig.remove(), registry.stop()]));

async function named(scanner: ScannerName, mirror: string): Promise<void> {
  await rig.write('scan.json', { database: { scanner, mirror, image: 'scanners' } });
}

const lock = () => inSession(rig, (session) => lockScannerDatabases(session, IMAGES));
const ensure = (locked: ScannerLock) =>
  inSession(rig, (session) => ensureDatabase(session, locked, NO_SYSTEM));
const reason = (result: Parameters<typeof failuresOf>[0]) => {
  const [{ message, details = [] }] = failuresOf(result);
  return [message, ...details].join(' ');
};

async function lockedTrivy(bytes = archive, tag = '2'): Promise<ScannerLock> {
  await pushTrivy(registry, bytes, tag);
  await named('trivy', `${registry.host}/${REPOSITORY}:${tag}`);
  return valueOf(await lock())[0] as ScannerLock;
}

/** Removes what the store has of databases. */
async function emptyStore(): Promise<void> {
  for (const name of ['scanners', 'blobs']) await rm(join(rig.store, name), { recursive: true, force: true });
}

describe('a database of Trivy', () => {
  it('is locked by digest, size, schema and time, once for all images', async () => {
    const digest = await pushTrivy(registry, archive);
    const mirror = `${registry.host}/${REPOSITORY}:2`;
    await named('trivy', mirror);
    expect(valueOf(await lock())).toEqual([
      { scanner: 'trivy', mirror, digest, size: archive.length, schema: 2, time: SECONDS },
    ]);
  });

  it('is kept in the store, and then needs no registry', async () => {
    const locked = await lockedTrivy();
    const folder = valueOf(await ensure(locked));
    expect((await readdir(join(folder, 'db'))).sort()).toEqual(['metadata.json', 'trivy.db']);
    expect(await ensure({ ...locked, mirror: '127.0.0.1:1/none/none:2' })).toEqual({
      ok: true,
      value: folder,
    });
  });

  it('that is damaged in the store is unpacked again', async () => {
    const locked = await lockedTrivy();
    const folder = valueOf(await ensure(locked));
    await writeFile(join(folder, 'db', 'trivy.db'), 'nothing');
    expect(await ensure(locked)).toEqual({ ok: true, value: folder });
    const names = await readdir(join(folder, 'db'), { withFileTypes: true });
    expect(names).toHaveLength(2);
    expect(valueOf(await ensure(locked))).toBe(folder);
  });

  it('is pulled by its digest, when the tag has moved on', async () => {
    const locked = await lockedTrivy();
    await lockedTrivy(await packed(trivyDatabase([], { time: TIME })));
    await emptyStore();
    valueOf(await ensure(locked));
  });

  it('that the mirror no longer has is no scan', async () => {
    const locked = await lockedTrivy();
    await emptyStore();
    const found = await ensure({ ...locked, digest: `sha256:${'0'.repeat(64)}` });
    expect(codesOf(found)).toEqual(['scan-invalid']);
    expect(reason(found)).toContain('can’t be downloaded'.replace('’', "'"));
  });

  it('that is older than allowed is no scan', async () => {
    const locked = await lockedTrivy();
    const limit = (days: number) => ({ maxAgeDays: 14, now: new Date(TIME.getTime() + days * 86_400_000) });
    expect(scannerAgeFailures(locked, limit(14))).toEqual([]);
    expect(scannerAgeFailures(locked, limit(15))).toMatchObject([
      {
        code: 'scan-invalid',
        message: expect.stringContaining('the database of Trivy is 15 days old') as string,
      },
    ]);
  });

  it.each([
    ['is cut off', () => Promise.resolve(archive.subarray(0, archive.length - 50)), 'can’t be used'],
    ['lacks a file', () => packed({ 'metadata.json': Buffer.from('{}') }), 'it has no trivy.db'],
    [
      'has no metadata',
      () => packed({ 'trivy.db': Buffer.from('x'), 'metadata.json': Buffer.from('{}') }),
      'no Version and UpdatedAt',
    ],
    [
      'has another schema',
      () => packed(trivyDatabase(CANARIES, { schema: 3 })),
      'has schema 3, and 2 is read',
    ],
  ])('that %s is not locked', async (_, bytes, why) => {
    await pushTrivy(registry, await bytes(), 'bad');
    await named('trivy', `${registry.host}/${REPOSITORY}:bad`);
    const found = await lock();
    expect(codesOf(found)).toEqual(['scan-invalid']);
    expect(reason(found)).toContain(why.replace('’', "'"));
  });

  it('whose lock says another schema than the database is no scan', async () => {
    const locked = await lockedTrivy(await packed(trivyDatabase([], { time: TIME })));
    expect(reason(await ensure({ ...locked, schema: 1 }))).toContain('has schema 1, and 2 is read');
  });

  it.each([
    ['is not there', `${REPOSITORY}:missing`],
    ['is an image', `${REPOSITORY}:image`],
  ])('that %s is named', async (_, reference) => {
    await pushTrivy(registry, archive, 'image', 'application/vnd.oci.image.layer.v1.tar+gzip');
    await named('trivy', `${registry.host}/${reference}`);
    expect(codesOf(await lock())).toEqual(['scan-invalid']);
  });
});

describe('a database of Grype', () => {
  const folder = () => join(inject('sharedFolder'), 'grype-listing');
  const mirror = () => `${inject('sharedUrl')}/grype-listing/latest.json`;
  const grype = () => packed({ 'vulnerability.db': Buffer.from('SQLite') });

  it('is locked by what its listing and its bytes say', async () => {
    const bytes = await grype();
    await writeGrypeListing(folder(), bytes, { built: TIME });
    await named('grype', mirror());
    expect(valueOf(await lock())).toMatchObject([
      { scanner: 'grype', mirror: mirror(), size: bytes.length, schema: 6, time: SECONDS },
    ]);
  });

  it('with other bytes than its listing says is not locked, and later no scan', async () => {
    const bytes = await grype();
    await writeGrypeListing(folder(), bytes, { built: TIME });
    await named('grype', mirror());
    const [locked] = valueOf(await lock()) as [ScannerLock];
    await writeGrypeListing(folder(), Buffer.alloc(bytes.length), { checksum: locked.digest });
    await emptyStore();
    expect(codesOf(await lock())).toEqual(['checksum']);
    expect(codesOf(await ensure(locked))).toEqual(['scan-invalid']);
    expect(codesOf(await inSession(rig, (session) => MIRRORS.grype.pull(session, locked)))).toEqual([
      'checksum',
    ]);
  });

  it.each([
    ['of another schema', { schemaVersion: 'v5.0.0' }, 'has schema 5, and 6 is read'],
    ['with an invalid listing', { schemaVersion: 'five' }, 'is not a listing of databases of Grype'],
  ])('%s is not locked', async (_, stated, why) => {
    await writeGrypeListing(folder(), await grype(), stated);
    await named('grype', mirror());
    const found = await lock();
    expect(codesOf(found)).toEqual(['scan-invalid']);
    expect(reason(found)).toContain(why);
  });
});
