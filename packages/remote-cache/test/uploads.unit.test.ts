import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileEntry, writeTarBytes } from '@image-tooling/layer';
import { startCacheServer, type CacheServer } from '@image-tooling/testkit/cache-server';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { Lane } from '../src/proxy/lane';
import { Spool, type SpoolFile } from '../src/proxy/spool';
import { Uploads } from '../src/proxy/uploads';
import { CACHE_TIMINGS } from '../src/sources/timings';
import { HASH, newSigner, NOW, REPOSITORY } from './entries';
import { serverSource, temporary } from './rig';

const SIGNER = newSigner();
const LAYER = randomBytes(1000);
const DIGEST = createHash('sha256').update(LAYER).digest('hex');

let server: CacheServer;
beforeEach(async () => {
  server = await startCacheServer();
  return () => server.kill();
});

/** Uploads, the files that they make, and what adds a result to them. */
function openUploads() {
  const spool = new Spool(temporary());
  const source = serverSource(server.url);
  onTestFinished(() => source.close());
  const uploads = new Uploads(new Lane(source, CACHE_TIMINGS), {
    ...{ spool, signer: SIGNER, repository: REPOSITORY, now: () => NOW },
  });
  const add = async (hash: string, result: Buffer): Promise<SpoolFile> => {
    const file = await spool.newFile();
    await file.write(result);
    await file.close();
    const sha256 = createHash('sha256').update(result).digest('hex');
    uploads.add({ hash, file, sha256, seconds: 1, replaces: false });
    return file;
  };
  return { uploads, add, newFile: vi.spyOn(spool, 'newFile') };
}

async function toolResult(): Promise<Buffer> {
  const json = `{"layer":{"digest":"sha256:${DIGEST}"}}`;
  return gzipSync(
    await writeTarBytes([fileEntry('dist/layer.json', json), fileEntry('dist/layer.blob', LAYER)]),
  );
}

it('need no more space for a result that has no layer', async () => {
  const { uploads, add, newFile } = openUploads();
  await add(HASH, gzipSync(await writeTarBytes([fileEntry('dist/app', randomBytes(1000))])));
  await uploads.drain(20_000);
  expect(uploads.counts.stored).toBe(1);
  expect(newFile).toHaveBeenCalledTimes(1);
});

it('leave no file open after a result that is no tar', async () => {
  const { uploads, add } = openUploads();
  const { path } = await add(HASH, gzipSync(randomBytes(5_000_000)));
  await uploads.drain(20_000);
  expect(uploads.counts.stored).toBe(1);
  await expect.poll(openFiles).not.toContainEqual(expect.stringContaining(path));
});

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(join('/proc/self/fd', name));
    } catch {
      return '';
    }
  });
}

it('split no result that waits when the run is over', async () => {
  server.misdeed = () => 'hang';
  const { uploads, add, newFile } = openUploads();
  const result = await toolResult();
  for (let count = 0; count < 9; count++) await add(`${HASH}${count}`, result);
  await expect.poll(() => server.requests.length).toBe(4);
  await uploads.drain(0);
  expect(uploads.counts).toMatchObject({ stored: 0, unfinished: 9 });
  // Of the nine, and two for each of the four that were being uploaded.
  expect(newFile).toHaveBeenCalledTimes(9 + 4 * 2);
});

it('of a result whose file is gone fail', async () => {
  const { uploads, add } = openUploads();
  const { path } = await add(HASH, await toolResult());
  rmSync(path);
  await uploads.drain(20_000);
  expect(uploads.counts).toMatchObject({
    stored: 0,
    failed: 1,
    lastFault: expect.stringContaining(path) as string,
  });
});
