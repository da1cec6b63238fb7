import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fail, hexOf, ok, type Digest } from '@image-tooling/model';
import { createArchive, type FixtureArchive } from '@image-tooling/testkit';
import { temporaryFolder } from '@image-tooling/testkit/helpers';
import { openArchive, type ListCache } from '../src';
import { quietContext, shortTimeouts, shown } from './support';

const HELLO = { name: 'hello', version: '2.0' };

let archive: FixtureArchive;
let folder: string;
let cache: ListCache;

beforeEach(async () => {
  archive = await createArchive({ packages: [HELLO] });
  folder = temporaryFolder();
  const blobPath = (digest: Digest) => join(folder, hexOf(digest));
  cache = {
    blobPath,
    hasBlob: (digest) => existsSync(blobPath(digest)),
    async putBlobFromBytes(bytes, digest) {
      await writeFile(blobPath(digest), bytes);
      return ok(undefined);
    },
  };
});
afterEach(() => archive.stop());

/** Opens the archive. Returns the versions of hello, and the lists that were requested. */
async function opened(): Promise<{ versions: string[]; lists: string[] }> {
  archive.requests.length = 0;
  const state = await openArchive(
    {
      archives: { fixture: archive.source },
      suites: [archive.suite],
      arches: ['amd64'],
      http: shortTimeouts(),
      cache,
    },
    quietContext(),
  );
  if (!state.ok) throw new Error(shown(state));
  return {
    versions: (state.value.packages('amd64').byName.get('hello') ?? []).map(({ version }) => version),
    lists: archive.requests.filter((path) => !path.endsWith('/InRelease')),
  };
}

it('requests a list once, and again when the release names another', async () => {
  expect(await opened()).toEqual({ versions: ['2.0'], lists: [expect.stringContaining('by-hash')] });
  expect(await opened()).toEqual({ versions: ['2.0'], lists: [] });
  await archive.republish({ packages: [{ ...HELLO, version: '2.1' }] });
  expect(await opened()).toEqual({ versions: ['2.1'], lists: [expect.stringContaining('by-hash')] });
  expect(await readdir(folder)).toHaveLength(2);
});

it('requests a list again whose copy is damaged, and replaces the copy', async () => {
  await opened();
  const [name = ''] = await readdir(folder);
  await writeFile(join(folder, name), 'damaged');
  expect(await opened()).toEqual({ versions: ['2.0'], lists: [expect.stringContaining('by-hash')] });
  expect(await opened()).toEqual({ versions: ['2.0'], lists: [] });
});

it('fails as the cache does where a list can’t be kept', async () => {
  const full = { code: 'disk-full', message: 'No space left.' } as const;
  cache = { ...cache, putBlobFromBytes: async () => fail(full) };
  await expect(opened()).rejects.toThrow('[disk-full] No space left.');
});
