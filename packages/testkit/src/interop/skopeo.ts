import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fail, ok, type Result } from '@image-tooling/model';
import { missing, pullWith, versionOf } from './programs';
import { envWithoutLogins, openScratch } from './scratch';
import type { Consumer } from './types';

const BLOB = /^[0-9a-f]{64}$/;

/** skopeo copies all platforms of an image into a folder, whose blobs are then hashed; it runs nothing. */
export function skopeo(): Consumer {
  const scratch = openScratch('skopeo');
  return {
    name: 'skopeo',
    available: () => missing('skopeo'),
    version: () => versionOf('skopeo', '--version'),
    readsZstd: () => Promise.resolve(true),
    async pull(reference) {
      const parent = await scratch.folder();
      const folder = await mkdtemp(join(parent, 'image-'));
      const flags = ['--quiet', '--all', '--preserve-digests', '--src-tls-verify=false'];
      const places = [`docker://${reference}`, `dir:${folder}`];
      const pulled = await pullWith(
        ['skopeo', '--insecure-policy', 'copy', ...flags, ...places],
        envWithoutLogins(parent),
      );
      return pulled.ok ? hashed(folder) : pulled;
    },
    cleanup: () => scratch.remove(),
  };
}

/** The folder of the `dir` transport names each blob by its hash (containers-transports(5)). */
async function hashed(folder: string): Promise<Result<void>> {
  const blobs = (await readdir(folder)).filter((name) => BLOB.test(name));
  const wrong: string[] = [];
  for (const blob of blobs) if ((await hashOf(join(folder, blob))) !== blob) wrong.push(blob);
  if (blobs.length > 0 && wrong.length === 0) return ok(undefined);
  return fail({
    code: 'checksum',
    message: `skopeo pulled ${blobs.length} blobs, ${wrong.length} of which are not what they are named.`,
    details: wrong,
  });
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
