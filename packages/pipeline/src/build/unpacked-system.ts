import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { caught, mapConcurrent } from '@image-tooling/host';
import type { SystemLayer } from '@image-tooling/engines';
import { all, failWith, ok, type Result } from '@image-tooling/model';
import { readTar, writeTarFile, type TarEntry } from '@image-tooling/layer';
import { reservedFailures } from '@image-tooling/oci';
import { readDeb, type FetchedDeb } from '@image-tooling/sources';
import type { Session } from '../session';

export interface UnpackedSystem {
  readonly entries: readonly TarEntry[];
  /** The same as a layer for the engine. */
  readonly layer: SystemLayer;
}

/**
 * Assembles the files of all required packages from their .debs without running anything. Writes the packages
 * uncompressed to `plainDebs`: dpkg, on one core and perhaps emulated, would decompress each again.
 */
export async function unpackedSystem(
  folder: string,
  plainDebs: string,
  session: Session,
  debs: readonly FetchedDeb[],
): Promise<Result<UnpackedSystem>> {
  const made = await caught(plainDebs, () => mkdir(plainDebs, { recursive: true }));
  if (!made.ok) return made;
  const unpacked = all(await mapConcurrent(debs, (deb) => filesOf(deb, plainDebs)));
  if (!unpacked.ok) return unpacked;
  const entries = firstOfEachPath(unpacked.value.flat());
  const path = join(folder, 'unpacked.tar');
  const written = await writeTarFile(entries, path, session.context.signal);
  if (!written.ok) return written;
  const { diffId, size } = written.value;
  return ok({ entries, layer: { path, digest: diffId, diffId, size, compression: 'none' } });
}

async function filesOf(deb: FetchedDeb, plainDebs: string): Promise<Result<TarEntry[]>> {
  const plainTo = join(plainDebs, basename(deb.path));
  const read = await readDeb({ file: deb.file, name: deb.name, plainTo, sha256: deb.sha256 });
  if (!read.ok) return read;
  const entries = await readTar(plainTo, read.value.data);
  if (!entries.ok) return entries;
  const reserved = reservedFailures(
    `The package ${deb.name}`,
    entries.value.map(({ path }) => path),
  );
  return reserved.length > 0 ? failWith(reserved) : entries;
}

/** Keeps one entry for each path: folders are in many packages, other paths in one (Debian policy 7.6). */
function firstOfEachPath(entries: readonly TarEntry[]): TarEntry[] {
  const found = new Map<string, TarEntry>();
  for (const entry of entries) if (!found.has(entry.path)) found.set(entry.path, entry);
  return [...found.values()];
}
