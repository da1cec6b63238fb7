import { createHash, randomBytes } from 'node:crypto';
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

it('need no more space for a result that has no layer', async () => {
  const { uploads, add, newFile } = openUploads();
  await add(HASH, gzipSync(await writeTarBytes([fileEntry('dist/app', randomBytes(1000))])));
  await uploads.drain(20_000);
  expect(uploads.counts.stored).toBe(1);
  expect(newFile).toHaveBeenCalledTimes(1);
});
