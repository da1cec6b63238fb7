import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Result } from '@image-tooling/model';
import { fileEntry, writeTarBytes } from '@image-tooling/layer';
import {
  pushPlainBlob,
  pushPlainManifest,
  type RealRegistry,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { openSession, type Session } from '../src/session';
import { loadOptions } from '../src/workspace/load';

/** Returns db.tar.gz, as the vendors pack it. */
export async function packed(files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const entries = Object.entries(files).map(([name, bytes]) =>
    fileEntry(name, bytes, { mode: 0o644, mtime: 0 }),
  );
  return gzipSync(await writeTarBytes(entries));
}

const EMPTY = Buffer.from('{}');

/** Pushes a database of Trivy as its vendor does: an artifact with one layer. Returns the layer's digest. */
export async function pushTrivy(
  registry: RealRegistry,
  archive: Buffer,
  tag = '2',
  mediaType = 'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip',
): Promise<string> {
  const digest = await pushPlainBlob(registry, REPOSITORY, archive);
  const config = await pushPlainBlob(registry, REPOSITORY, EMPTY);
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.aquasec.trivy.config.v1+json', digest: config, size: EMPTY.length },
    layers: [
      {
        mediaType,
        digest,
        size: archive.length,
        annotations: { 'org.opencontainers.image.title': 'db.tar.gz' },
      },
    ],
  };
  await pushPlainManifest(registry, REPOSITORY, manifest, tag);
  return digest;
}

export const REPOSITORY = 'mirror/trivy-db';

/** Writes latest.json of Grype's databases, and the archive next to it, into a folder that is served. */
export async function writeGrypeListing(
  folder: string,
  archive: Buffer,
  more: { readonly built?: Date; readonly schemaVersion?: string; readonly checksum?: string } = {},
): Promise<void> {
  const { built = new Date(), schemaVersion = 'v6.1.10' } = more;
  const checksum = more.checksum ?? `sha256:${createHash('sha256').update(archive).digest('hex')}`;
  const path = 'vulnerability-db_v6.1.10_2026-11-28T00:00:00Z_1.tar.gz';
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, path), archive);
  const stated = { status: 'active', schemaVersion, built, path, checksum };
  await writeFile(join(folder, 'latest.json'), JSON.stringify(stated));
}

/** Runs work in a session of its own on a workspace. */
export async function inSession<T>(
  rig: WorkspaceRig,
  work: (session: Session) => Promise<Result<T>>,
): Promise<Result<T>> {
  const session = valueOf(
    await openSession({
      root: rig.folder,
      options: valueOf(await loadOptions(rig.folder)),
      env: { ...process.env, IMAGE_STORE: rig.store, IMAGE_HTTP_TRIES: '1' },
      context: { signal: new AbortController().signal, progress: SILENT },
    }),
  );
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
