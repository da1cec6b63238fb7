import { mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codesOf, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { describe, expect, it } from 'vitest';
import { openFolderStore, openObjectStore } from '../src';
import { Deletions } from '../src/folder/delete';
import { listed, read, storeContract, text } from './contract';

describe('a folder', () => {
  storeContract(() =>
    valueOf(openObjectStore(pathToFileURL(join(temporaryFolder(), 'new')).href, { env: {} })),
  );

  it('is created by the first write only, and is empty before', async () => {
    const folder = temporaryFolder();
    const store = openFolderStore(join(folder, 'not', 'yet'));
    expect(await read(store, 'key')).toBeUndefined();
    expect(await listed(store)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('removes uploads that a killed process left a day ago, and keeps newer ones', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, '.uploads'));
    for (const name of ['old', 'new']) writeFileSync(join(folder, '.uploads', name), '');
    utimesSync(join(folder, '.uploads', 'old'), 0, 0);
    const store = openFolderStore(folder);
    valueOf(await store.put('key', text('x')));
    expect(readdirSync(join(folder, '.uploads'))).toEqual(['new']);
    expect((await listed(store)).map(({ key }) => key)).toEqual(['key']);
  });

  it('frees the key of a deleted object at once, and its space at the end', async () => {
    const folder = temporaryFolder();
    const store = openFolderStore(folder);
    const keys = Array.from({ length: 50 }, (_, at) => `a/${at}`);
    for (const key of keys) valueOf(await store.put(key, text(key)));
    rmSync(join(folder, '.uploads'), { recursive: true });
    for (const key of keys) valueOf(await store.delete(key));
    expect(readdirSync(join(folder, 'a'))).toEqual([]);
    expect(valueOf(await store.put('a/1', text('new')))).toBe('stored');
    await store.close();
    expect(readdirSync(join(folder, '.uploads'))).toEqual([]);
    expect(await read(store, 'a/1')).toBe('new');
  });

  it('keeps what is below a key that is deleted', async () => {
    const store = openFolderStore(temporaryFolder());
    valueOf(await store.put('a/b', text('x')));
    valueOf(await store.delete('a'));
    valueOf(await store.delete('a/b/c'));
    expect(await read(store, 'a/b')).toBe('x');
  });

  it('deletes with a full memory of names, without losing one', async () => {
    const folder = temporaryFolder();
    const deletions = new Deletions(folder, 3);
    const names = Array.from({ length: 40 }, (_, at) => join(folder, String(at)));
    for (const name of names) writeFileSync(name, '');
    await Promise.all(names.map((name) => deletions.delete(name)));
    await deletions.finish();
    expect(readdirSync(folder)).toEqual(['.uploads']);
    expect(readdirSync(join(folder, '.uploads'))).toEqual([]);
  });

  it('fails with what the disk says', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(codesOf(await openFolderStore(join(folder, 'file')).put('key', text('x')))).toEqual(['io']);
    symlinkSync('/dev/full', join(folder, 'full'));
    expect(await read(openFolderStore(folder), 'full')).toBeUndefined();
  });
});

it.each(['', 'x', 'https://cache.example', 'file://host/folder', 's3://', 's3://UPPER', 's3://bucket/../x'])(
  'refuses the URL %j',
  (url) => {
    const env = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
    expect(codesOf(openObjectStore(url, { env }))).toEqual(['usage']);
  },
);
