import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codesOf, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { describe, expect, it } from 'vitest';
import { openFolderStore, openObjectStore } from '../src';
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
