import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf, fail, hexOf, ok, type Result } from '@image-tooling/model';
import { openStore, storedBlob, type PushedHow, type Store } from '@image-tooling/oci';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { blobRecords, type BlobRecords } from '../src/pushed-blobs/blob-records';

const BYTES = Buffer.from('a layer');
const DIGEST = digestOf(BYTES);
const REGISTRY = 'registry.example';
const FAILED = fail({ code: 'network', message: 'the connection broke' });

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blob-records-'));
  store = valueOf(await openStore(folder));
  valueOf(await store.putBlobFromBytes(BYTES));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function recordsOf(path: string): BlobRecords {
  const context = { signal: new AbortController().signal, progress: SILENT };
  return blobRecords({ store, context }, { registry: REGISTRY, path });
}

/** Sends the blob, or has it brought another way. */
function push(path: string, how: PushedHow = 'pushed', end: () => Result<unknown> = () => ok(undefined)) {
  return recordsOf(path).push(storedBlob(store, { digest: DIGEST, size: BYTES.length }), async (blob) => {
    if (how === 'pushed') for await (const _ of blob.openUnhashed?.() ?? blob.open()) continue;
    const ended = end();
    return ended.ok ? ok({ how, sentBytes: 0, seconds: 0 }) : ended;
  });
}

/** Returns which proof was used. */
async function proven(path: string, how: PushedHow = 'pushed'): Promise<'read' | 'asked'> {
  const proof = { read: async () => ok('read' as const), ask: async () => ok('asked' as const) };
  return valueOf(await recordsOf(path).prove(DIGEST, how, proof));
}

describe('a blob that a publish sent', () => {
  it('is read back once', async () => {
    valueOf(await push('team/base'));
    expect([await proven('team/base'), await proven('team/base')]).toEqual(['read', 'asked']);
  });

  it('is read back once, by the image that it was mounted for', async () => {
    valueOf(await push('team/base'));
    valueOf(await push('team/child', 'mounted'));
    expect([await proven('team/child', 'mounted'), await proven('team/base')]).toEqual(['read', 'asked']);
  });

  it('is read back in both repositories if the registry did not mount it', async () => {
    valueOf(await push('team/base'));
    valueOf(await push('team/child'));
    expect(await proven('team/third', 'mounted')).toBe('read');
    expect([await proven('team/child'), await proven('team/base')]).toEqual(['read', 'read']);
    expect(await proven('team/third', 'mounted')).toBe('asked');
  });

  it('is read back by the next publish if the first broke off, or could not read it', async () => {
    expect((await push('team/base', 'pushed', () => FAILED)).ok).toBe(false);
    const broken = { read: async () => FAILED, ask: async () => FAILED };
    expect((await recordsOf('team/base').prove(DIGEST, 'present', broken)).ok).toBe(false);
    expect(await proven('team/base', 'present')).toBe('read');
  });

  it('is read back if its mark can’t be read', async () => {
    await mkdir(join(folder, 'pushed', hexOf(digestOf(REGISTRY)), `${hexOf(DIGEST)}.unread`), {
      recursive: true,
    });
    const used: string[] = [];
    const use = (proof: string) => async () => ok(used.push(proof));
    await recordsOf('team/base').prove(DIGEST, 'present', { read: use('read'), ask: use('asked') });
    expect(used).toEqual(['read']);
  });
});

describe('a blob that no publish sent', () => {
  it.each(['mounted', 'present'] as const)('is not read (%s)', async (how) => {
    valueOf(await push('team/base', how));
    expect(await proven('team/base', how)).toBe('asked');
  });

  it('is not read if another registry got it', async () => {
    valueOf(await push('team/base'));
    const elsewhere = blobRecords(
      { store, context: { signal: new AbortController().signal, progress: SILENT } },
      { registry: 'other.example', path: 'team/base' },
    );
    const proof = { read: async () => ok('read'), ask: async () => ok('asked') };
    expect(valueOf(await elsewhere.prove(DIGEST, 'present', proof))).toBe('asked');
  });
});
