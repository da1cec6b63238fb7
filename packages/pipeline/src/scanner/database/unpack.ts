import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { caughtResult } from '@image-tooling/host';
import { decompressed, streamTar, type Packing } from '@image-tooling/layer';
import { fail, ok, type Failure, type Result, type ScannerName } from '@image-tooling/model';
import { SCANNER_NAMES, type ScannerLock } from '@image-tooling/scan';
import type { Session } from '../../session';

/** The files of a database, and where the scanner looks for them in its cache folder. */
const FILES: Readonly<Record<ScannerName, Readonly<Record<string, string>>>> = {
  trivy: { 'trivy.db': 'db/trivy.db', 'metadata.json': 'db/metadata.json' },
  grype: { 'vulnerability.db': '6/vulnerability.db' },
};

/** Unpacked; 2025: Trivy 0.9 GB, Grype 1.2 GB. */
const MOST_BYTES = 16 * 1024 ** 3;
/** As zstd's own decoder allows (zstd(1), --long). */
const MOST_WINDOW = 2 ** 27;

export type PackedDatabase = Pick<ScannerLock, 'scanner' | 'digest' | 'path'>;

/**
 * Unpacks a database whose blob is in the store into a folder, as the scanner expects it. Fails with `scan-invalid` if it
 * is cut off, damaged, too large or lacks a file.
 */
export async function unpackDatabase(
  { store, context }: Session,
  { scanner, digest, path = '.tar.gz' }: PackedDatabase,
  folder: string,
): Promise<Result<void>> {
  const wanted = FILES[scanner];
  const limits = { window: MOST_WINDOW, content: MOST_BYTES };
  const unpacked = await caughtResult(folder, async () => {
    const missing = new Set(Object.keys(wanted));
    const tar = decompressed(store.blobPieces(digest), packingOf(path), limits);
    for await (const streamed of streamTar(tar, {
      name: `the database of ${SCANNER_NAMES[scanner]}`,
    })) {
      const { entry } = streamed;
      const name = basename(entry.path);
      const target = entry.type === 'file' && missing.has(name) ? wanted[name] : undefined;
      if (target === undefined) continue;
      const file = join(folder, target);
      await mkdir(dirname(file), { recursive: true });
      await pipeline(streamed.pieces(), createWriteStream(file), { signal: context.signal });
      missing.delete(name);
    }
    return missing.size === 0
      ? ok(undefined)
      : fail(damaged(scanner, `it has no ${[...missing].join(', ')}`));
  });
  return unpacked.ok ? unpacked : fail(asInvalid(scanner, unpacked.failures[0]));
}

/** Unpacks a database into a temporary folder for `use`. */
export async function withUnpacked<T>(
  session: Session,
  database: PackedDatabase,
  use: (folder: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  const folder = await session.store.tempDir('scanner-database');
  if (!folder.ok) return folder;
  try {
    const unpacked = await unpackDatabase(session, database, folder.value);
    return unpacked.ok ? await use(folder.value) : unpacked;
  } finally {
    await rm(folder.value, { recursive: true, force: true });
  }
}

function packingOf(path: string): Packing {
  if (path.endsWith('.zst')) return 'zstd';
  return path.endsWith('.xz') ? 'xz' : 'gzip';
}

const OF_CONTENT = ['truncated', 'tar-format', 'too-large', 'checksum', 'store-corrupt'];

function asInvalid(scanner: ScannerName, failure: Failure): Failure {
  return OF_CONTENT.includes(failure.code) ? damaged(scanner, failure.message.replace(/\.$/, '')) : failure;
}

function damaged(scanner: ScannerName, why: string): Failure {
  return {
    code: 'scan-invalid',
    message: `The database of ${SCANNER_NAMES[scanner]} can't be used: ${why}.`,
    hint: 'Run "npx image-tooling scan-lock"; if it stays, use another mirror in scan.json.',
  };
}
