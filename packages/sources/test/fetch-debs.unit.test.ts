import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hexOf, ok } from '@image-tooling/model';
import { bootstrapClosure, fetchDebs, lockedDeb, openArchive, type BlobCache, type LockedDeb } from '../src';
import { createArchive, type Fault, type FixtureArchive } from '@image-tooling/testkit';
import { shortTimeouts, quietContext, shown } from './support';

let folder: string;
let archive: FixtureArchive;
let locked: LockedDeb[];
let time: number;
let cache: BlobCache;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'debs-'));
  cache = folderCache(join(folder, 'blobs-'));
  archive = await createArchive({
    packages: [
      {
        name: 'hello',
        version: '1:2.0+x',
        essential: true,
        depends: 'libhello',
        files: { 'usr/bin/hello': 'hi' },
      },
      { name: 'libhello', files: { 'usr/lib/libhello': 'lib'.repeat(5000) } },
    ],
  });
  const opening = {
    archives: { fixture: archive.source },
    suites: [archive.suite],
    arches: ['amd64'] as const,
    http: shortTimeouts(),
  };
  const state = await openArchive(opening, quietContext());
  if (!state.ok) throw new Error(shown(state));
  const closure = bootstrapClosure(state.value.packages('amd64'), { include: [] });
  if (!closure.ok) throw new Error(shown(closure));
  locked = closure.value.map(lockedDeb);
  time = state.value.time;
});

afterEach(async () => {
  await archive.stop();
  await rm(folder, { recursive: true });
});

function folderCache(prefix: string): BlobCache {
  const blobPath = (digest: `sha256:${string}`) => `${prefix}${hexOf(digest)}`;
  return {
    blobPath,
    hasBlob: (digest) => existsSync(blobPath(digest)),
    async putBlobFromFile(path, digest) {
      await copyFile(path, blobPath(digest));
      return ok(undefined);
    },
  };
}

function fetchAll(snapshot = true, signal?: AbortSignal) {
  const { snapshot: base, ...mirrorOnly } = archive.source;
  const source = snapshot && base ? { ...mirrorOnly, snapshot: base } : mirrorOnly;
  const workFolder = join(folder, 'work');
  const fetch = {
    cache,
    workFolder,
    archives: { fixture: source },
    time,
    http: shortTimeouts(),
    label: 'packages',
  };
  return fetchDebs(locked, fetch, quietContext(signal));
}

function damage(fault: Fault): void {
  archive.fault({ path: /libhello.*deb$/, fault });
}

describe('fetchDebs', () => {
  it('puts every .deb into the cache, in the order of the lock, and leaves no temporary file', async () => {
    const result = await fetchAll();
    if (!result.ok) throw new Error(shown(result));
    expect(result.value.map(({ name }) => name)).toEqual(['hello', 'libhello']);
    expect(result.value.every(({ file }) => existsSync(file))).toBe(true);
    expect(await readdir(join(folder, 'work'))).toEqual([]);
  });

  it('handles a limited number of packages at once: each may have a file open', async () => {
    await fetchAll();
    const state = { now: 0, peak: 0 };
    const counted = async (digest: `sha256:${string}`): Promise<boolean> => {
      state.peak = Math.max(state.peak, ++state.now);
      await setImmediate();
      state.now--;
      return existsSync(cache.blobPath(digest));
    };
    cache = { ...cache, hasBlob: counted };
    locked = Array.from({ length: 200 }, () => locked).flat();
    expect(shown(await fetchAll())).toBe('ok');
    expect(state.peak).toBe(32);
  });

  it('downloads nothing that is in the cache', async () => {
    await fetchAll();
    await archive.stop();
    expect(shown(await fetchAll())).toBe('ok');
  });

  it('takes a .deb that has left the mirror from the snapshot archive at the locked time', async () => {
    archive.removeDeb('libhello', 'mirror');
    expect(shown(await fetchAll())).toBe('ok');
    const moment = new Date(time * 1000).toISOString().replace(/[-:]|\.000/g, '');
    expect(archive.requests).toContain(`snapshot/${moment}/pool/main/libhello_1.0_all.deb`);
  });

  it('missing on all servers', async () => {
    archive.removeDeb('hello');
    archive.removeDeb('libhello');
    expect(shown(await fetchAll())).toMatchInlineSnapshot(`
      "[gone] 2 packages (hello, libhello) can't be downloaded: no mirror of the archive "fixture" has these versions.
      -> Run the lock target again to move to the current versions. To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "fixture": ["https://mirror.example/fixture"] } }
      http://127.0.0.1:PORT: HTTP 404 Not Found
      http://127.0.0.1:PORT/snapshot/TIME: HTTP 404 Not Found"
    `);
  });

  it('missing on the mirror, with an unreachable snapshot archive', async () => {
    archive.removeDeb('libhello');
    archive.fault({ path: /^snapshot/, fault: { kind: 'hang' } });
    expect(shown(await fetchAll())).toMatchInlineSnapshot(`
      "[gone] libhello 1.0 (all) can't be downloaded: no mirror of the archive "fixture" has this version.
      -> Run the lock target again to move to the current versions. To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "fixture": ["https://mirror.example/fixture"] } }
      http://127.0.0.1:PORT/pool/main/libhello_1.0_all.deb: HTTP 404 Not Found
      http://127.0.0.1:PORT/snapshot/TIME/pool/main/libhello_1.0_all.deb: gave no answer within 0.3 s; tried 3 times"
    `);
  });

  it('altered', async () => {
    damage({ kind: 'alter' });
    expect(shown(await fetchAll(false))).toMatchInlineSnapshot(`
      "[checksum] libhello 1.0 (all) can't be downloaded: its checksum differs from the expected one.
      -> The file was changed on the way, or a mirror is damaged: try another one.
      http://127.0.0.1:PORT/pool/main/libhello_1.0_all.deb: expected sha256 SHA256, got SHA256"
    `);
  });

  it('altered on the mirror, correct in the snapshot archive', async () => {
    archive.fault({ path: /^pool.*libhello/, fault: { kind: 'alter' } });
    expect(shown(await fetchAll())).toBe('ok');
  });

  it('truncated', async () => {
    damage({ kind: 'truncate', bytes: 50 });
    expect(shown(await fetchAll(false)).replace(/of \d+ bytes/, 'of N bytes')).toMatchInlineSnapshot(`
      "[truncated] libhello 1.0 (all) can't be downloaded: the download is incomplete.
      -> Try again; if it fails again, a proxy or mirror is damaged.
      http://127.0.0.1:PORT/pool/main/libhello_1.0_all.deb: received 50 of N bytes; tried 3 times"
    `);
  });

  it('a mirror that is down', async () => {
    await archive.stop();
    expect(shown(await fetchAll(false))).toMatchInlineSnapshot(`
      "[network] 2 packages (hello, libhello) can't be downloaded: the connection failed.
      -> Check the network and the proxy, then run the command again: finished downloads are kept. To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "fixture": ["https://mirror.example/fixture"] } }
      http://127.0.0.1:PORT: refused the connection; tried 3 times"
    `);
  });

  it('in one failure for all packages with the same cause', async () => {
    const [hello, library] = locked as [LockedDeb, LockedDeb];
    const many = Array.from({ length: 81 }, (_, index) => ({
      ...library,
      name: `package-${index}`,
      path: `pool/main/p/package-${index}.deb`,
      sha256: String(index).padStart(64, '0'),
    }));
    locked = [...many, hello, { ...hello, name: 'hello-too', sha256: 'f'.repeat(64) }];
    expect(shown(await fetchAll())).toMatchInlineSnapshot(`
      "[gone] 81 packages (package-0, package-1, package-2 and 78 more) can't be downloaded: no mirror of the archive "fixture" has these versions.
      -> Run the lock target again to move to the current versions. To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "fixture": ["https://mirror.example/fixture"] } }
      http://127.0.0.1:PORT: HTTP 404 Not Found
      http://127.0.0.1:PORT/snapshot/TIME: HTTP 404 Not Found

      [checksum] hello-too 1:2.0+x (all) can't be downloaded: its checksum differs from the expected one.
      -> The file was changed on the way, or a mirror is damaged: try another one.
      http://127.0.0.1:PORT/pool/main/hello_2.0%2Bx_all.deb: expected sha256 SHA256, got SHA256
      http://127.0.0.1:PORT/snapshot/TIME/pool/main/hello_2.0%2Bx_all.deb: expected sha256 SHA256, got SHA256"
    `);
  });

  it('of an archive that is not configured', async () => {
    locked = locked.slice(0, 1).map((deb) => ({ ...deb, archive: 'elsewhere' }));
    expect(shown(await fetchAll())).toMatchInlineSnapshot(`
      "[unknown-reference] The lock has packages of the archive "elsewhere", which is not configured.
      -> Add it under "debian": { "archives": … } in nx.json. Configured are: fixture."
    `);
  });

  it("a work folder that can't be created", async () => {
    await writeFile(join(folder, 'work'), 'a file');
    expect(shown(await fetchAll())).toMatch(/^\[io\] .*\/work: EEXIST/);
  });

  it('stops on abort', async () => {
    archive.fault({ path: /\.deb$/, fault: { kind: 'hang' } });
    const abort = new AbortController();
    const fetching = fetchAll(true, abort.signal);
    for (const _ of locked) await archive.nextRequest();
    abort.abort();
    expect(shown(await fetching)).toMatchInlineSnapshot(
      `"[aborted] Stopped while fetching hello 1:2.0+x (all)."`,
    );
    expect(await readdir(join(folder, 'work'))).toEqual([]);
  });
});
