import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fail, ok, type Digest } from '@image-tooling/model';
import { FaultyServer, type Fault } from '@image-tooling/testkit';
import {
  fetchRelease,
  releaseFailed,
  releasePlaces,
  vendorHasNone,
  type LockedRelease,
  type ReleaseFetch,
} from '../src';
import { shortTimeouts, quietContext, shown } from './support';

const content = Buffer.from('all the bytes of a program\n'.repeat(20_000));
const sha256 = createHash('sha256').update(content).digest('hex');
/** The discard port, on which nothing listens. */
const NOWHERE = 'https://127.0.0.1:9/';
const locked: LockedRelease = {
  name: 'tool 1.0.0 (linux/amd64)',
  url: `${NOWHERE}tool`,
  sha256,
  size: content.length,
};

let folder: string;
let server: FaultyServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fetch-release-'));
  server = new FaultyServer((path) => (path.endsWith('tool') ? content : undefined));
  await server.start();
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

function fetchFrom(changes: Partial<ReleaseFetch> = {}): ReleaseFetch {
  const blobPath = (digest: Digest): string => join(folder, digest.replace(':', '-'));
  const hashOf = async (digest: Digest): Promise<string> => {
    const bytes = await readFile(blobPath(digest)).catch(() => Buffer.alloc(0));
    return createHash('sha256').update(bytes).digest('hex');
  };
  return {
    cache: {
      blobPath,
      hasBlob: async (digest) => (await readdir(folder)).includes(digest.replace(':', '-')),
      verifyBlob: async (digest) =>
        digest === `sha256:${await hashOf(digest)}`
          ? ok(undefined)
          : fail({ code: 'store-corrupt', message: '' }),
      putBlobFromFile: async (path, digest) => {
        await copyFile(path, blobPath(digest));
        return ok(undefined);
      },
    },
    workFolder: join(folder, 'work'),
    mirrors: { [NOWHERE]: `${server.url}/` },
    http: shortTimeouts({ connectSeconds: 5, readAnswerSeconds: 5, stallSeconds: 0.5 }),
    context: quietContext(),
    ...changes,
  };
}

const blobs = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name !== 'work');

describe('a vendor’s file', () => {
  it('is fetched once, stored, and hashed again when it is read from the store', async () => {
    const first = await fetchRelease(locked, fetchFrom());
    expect(first).toMatchObject({ ok: true });
    await server.stop();
    expect(await fetchRelease(locked, fetchFrom())).toEqual(first);
    expect(await readdir(join(folder, 'work'))).toEqual([]);
    await writeFile(join(folder, `sha256-${sha256}`), 'altered on disk');
    await server.start();
    expect(await fetchRelease(locked, fetchFrom())).toEqual(first);
    expect(content.equals(await readFile(join(folder, `sha256-${sha256}`)))).toBe(true);
  });

  it.each<[string, Fault]>([
    ['cut off midway', { kind: 'reset', afterBytes: 500 }],
    ['that stops coming', { kind: 'hang', afterBytes: 500 }],
    ['from a server that is busy', { kind: 'status', status: 503, retryAfter: '0' }],
    ['that ends early', { kind: 'truncate', bytes: 500 }],
  ])('%s is requested again', async (_, fault) => {
    server.fault({ path: /tool/, fault, times: 1 });
    expect(await fetchRelease(locked, fetchFrom())).toMatchObject({ ok: true });
    expect(server.requests).toHaveLength(2);
  });

  it.each<[string, Fault]>([
    ['that stops coming each time', { kind: 'hang', afterBytes: 500 }],
    ['that no place has', { kind: 'status', status: 404 }],
    ['that may not be read', { kind: 'status', status: 403 }],
    ['with other bytes', { kind: 'alter' }],
    ['without an end', { kind: 'grow', bytes: 1_000_000 }],
  ])('%s is refused, and not stored', async (_, fault) => {
    server.fault({ path: /tool/, fault });
    const result = await fetchRelease(locked, fetchFrom());
    if (result.ok) throw new Error('it was taken');
    const told = releaseFailed(result, { tool: 'tool', folder: 'tools/tool', locked, otherSources: ['go'] });
    expect(shown(told)).toMatchSnapshot();
    expect(await blobs()).toEqual([]);
  });

  it('that no server has names the tool.json in the configured folder', async () => {
    server.fault({ path: /tool/, fault: { kind: 'status', status: 404 } });
    const result = await fetchRelease(locked, fetchFrom());
    if (result.ok) throw new Error('it was taken');
    const told = releaseFailed(result, { tool: 'tool', folder: 'gear/tool', locked, otherSources: [] });
    expect(told.failures[0].details?.at(-1)).toContain('gear/tool/tool.json');
  });

  it('that a mirror has altered is fetched from the next address', async () => {
    server.fault({ path: /bad/, fault: { kind: 'alter' } });
    const mirrors = {
      [NOWHERE]: `${server.url}/`,
      [`${NOWHERE}t`]: `${server.url}/bad/t`,
    };
    expect(await fetchRelease(locked, fetchFrom({ mirrors }))).toMatchObject({ ok: true });
    expect(server.requests).toEqual(['bad/tool', 'tool']);
  });
});

describe('a file that the vendor does not have', () => {
  it.each([
    [404, true],
    [410, true],
    [403, false],
  ])('is known by the status of its own address: %i', async (status, hasNone) => {
    server.fault({ path: /tool/, fault: { kind: 'status', status } });
    const url = `${server.url}/tool`;
    const result = await fetchRelease({ ...locked, url }, fetchFrom({ mirrors: {} }));
    expect(result.ok || vendorHasNone(result, url)).toBe(hasNone);
  });

  it('is not known by what a mirror answers', async () => {
    server.fault({ path: /tool/, fault: { kind: 'status', status: 404 } });
    const result = await fetchRelease(locked, fetchFrom());
    expect(result.ok || vendorHasNone(result, locked.url)).toBe(false);
  });
});

describe('the addresses of a vendor’s file', () => {
  const url = 'https://vendor.invalid/a/tool-1.0?x=y';

  it('are mirrors, the longest prefix first, then the vendor', () => {
    const mirrors = {
      'https://vendor.invalid/': 'https://one.invalid/',
      'https://vendor.invalid/a/': 'https://two.invalid/of/a/',
      'https://other.invalid/': 'https://three.invalid/',
    };
    expect(releasePlaces(url, mirrors)).toEqual([
      'https://two.invalid/of/a/tool-1.0?x=y',
      'https://one.invalid/a/tool-1.0?x=y',
      url,
    ]);
  });

  it('without a mirror are only the vendor’s', () => {
    expect(releasePlaces(url, {})).toEqual([url]);
  });
});
