import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun, sha256OfFile } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { parseReference, repositoryText } from '@image-tooling/oci';
import { missing, pullWith, versionOf } from './programs';
import { envWithoutLogins, openScratch } from './scratch';
import type { Consumer } from './types';

const BLOB = /^[0-9a-f]{64}$/;

/** skopeo copies all platforms of an image into folders, whose blobs are then hashed; it runs nothing. */
export function skopeo(): Consumer {
  const scratch = openScratch('skopeo');
  return {
    name: 'skopeo',
    available: () => missing('skopeo'),
    version: () => versionOf('skopeo', '--version'),
    readsZstd: () => Promise.resolve(true),
    async pull(reference) {
      const folder = await scratch.folder();
      const images = await imagesOf(reference, folder);
      if (!images.ok) return images;
      for (const image of images.value) {
        const copied = await copy(image, folder);
        if (!copied.ok) return copied;
      }
      return ok(undefined);
    },
    cleanup: () => scratch.remove(),
  };
}

/**
 * One platform's image after the other: `copy --all` of skopeo 1.9 writes an index again, with another
 * digest.
 */
async function imagesOf(reference: string, folder: string): Promise<Result<string[]>> {
  const named = parseReference(reference);
  if (!named.ok) return named;
  const raw = await mustRun({
    argv: ['skopeo', 'inspect', '--raw', '--tls-verify=false', `docker://${reference}`],
    env: envWithoutLogins(folder),
    timeoutSeconds: 60,
  });
  if (!raw.ok) return raw;
  const { manifests } = JSON.parse(raw.value.stdout) as { manifests?: { digest: string }[] };
  if (!manifests) return ok([reference]);
  return ok(manifests.map(({ digest }) => `${repositoryText(named.value.repository)}@${digest}`));
}

async function copy(image: string, parent: string): Promise<Result<void>> {
  const folder = await mkdtemp(join(parent, 'image-'));
  const flags = ['--quiet', '--preserve-digests', '--src-tls-verify=false'];
  const places = [`docker://${image}`, `dir:${folder}`];
  const argv = ['skopeo', '--insecure-policy', 'copy', ...flags, ...places] as const;
  const copied = await pullWith(argv, envWithoutLogins(parent));
  return copied.ok ? hashed(folder) : copied;
}

/** The folder of the `dir` transport names each blob by its hash (containers-transports(5)). */
async function hashed(folder: string): Promise<Result<void>> {
  const blobs = (await readdir(folder)).filter((name) => BLOB.test(name));
  const wrong: string[] = [];
  for (const blob of blobs) if ((await sha256OfFile(join(folder, blob))) !== blob) wrong.push(blob);
  if (blobs.length > 0 && wrong.length === 0) return ok(undefined);
  return fail({
    code: 'checksum',
    message: `skopeo pulled ${blobs.length} blobs, ${wrong.length} of which have a wrong digest.`,
    details: wrong,
  });
}
