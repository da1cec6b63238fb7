import { rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { caught, Fault, valueOf } from '@image-tooling/host';
import type { Digest, Result } from '@image-tooling/model';
import { missingParents, sendTar, orderEntries, tarOf, type TarEntry } from '@image-tooling/layer';
import { dockerArchive } from './docker';
import { ociLayout } from './oci';
import { replaceFolder } from './place';
import type { ExportImage, ExportOptions } from './request';
import { reporting } from './sent';
import { findPlace, type ExportTarget } from './target';

export interface Exported {
  /** The manifest in an OCI layout; differs from the image's if its layers were converted. */
  readonly manifestDigest: Digest;
}

/**
 * Writes an image to a folder or regular file, atomically, replacing the old content; or to standard output, a FIFO or
 * device. Blobs are hashed while they are read. Fails with `store-corrupt`, `disk-full`, `io`, `aborted`, and as
 * `findPlace` does.
 */
export async function exportImage(
  image: ExportImage,
  target: ExportTarget,
  options: ExportOptions,
): Promise<Result<Exported>> {
  return caught(target.path, async () => {
    const place = valueOf(await findPlace(target, options));
    const temporary = valueOf(await options.store.tempDir('export'));
    try {
      const { entries: all, manifestDigest } = await contentOf(image, target, options, temporary);
      const entries = reporting(all, options);
      const { signal } = options;
      if (typeof place === 'string') await replaceFolder(place, entries, signal);
      else valueOf(await sendTar(entries, place, signal));
      return { manifestDigest };
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

/**
 * Writes an image as a docker-archive to a stream (the standard input of `docker load`) and ends it. Fails as
 * `exportImage` does, and with `io` if the reader stops reading.
 */
export async function streamDockerArchive(
  image: ExportImage,
  to: Writable,
  options: ExportOptions,
): Promise<Result<void>> {
  const gone = new Promise<never>((_, reject) => to.once('error', (error) => reject(readerGone(error))));
  gone.catch(() => undefined); // Also awaited with each write.
  return caught('docker-archive', async () => {
    const entries = orderEntries(reporting(await dockerArchive(image, options), options));
    for await (const piece of tarOf(entries, { signal: options.signal }))
      await Promise.race([gone, written(to, piece)]);
    await Promise.race([gone, new Promise<void>((resolve) => to.end(resolve))]);
  });
}

async function contentOf(
  image: ExportImage,
  target: ExportTarget,
  options: ExportOptions,
  temporary: string,
): Promise<{ readonly entries: readonly TarEntry[]; readonly manifestDigest: Digest }> {
  if (target.format === 'docker-archive')
    return { entries: await dockerArchive(image, options), manifestDigest: image.manifestDigest };
  const layout = await ociLayout(image, options, temporary);
  return target.format === 'oci' ? layout : { ...layout, entries: withFolders(layout.entries) };
}

/** skopeo 1.9 changes the owner of unlisted folders to root, which fails for an ordinary user. */
function withFolders(entries: readonly TarEntry[]): TarEntry[] {
  return [...missingParents(entries, []), ...entries];
}

/** Waits until the piece is written: it is valid only until the next is requested. */
function written(to: Writable, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    to.write(piece, (error) => (error ? reject(readerGone(error)) : resolve()));
  });
}

function readerGone(error: Error): Fault {
  return new Fault({
    code: 'io',
    message: `The program that reads the image stopped reading: ${error.message}.`,
  });
}
