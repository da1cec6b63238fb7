import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import * as z from 'zod';
import {
  fail,
  hexOf,
  isDigest,
  jsonObject,
  ok,
  type Result,
  type ScannerDatabase,
} from '@image-tooling/model';
import type { ScannerLock } from '@image-tooling/scan';
import { downloadBytes, downloadFile } from '@image-tooling/sources';
import type { Session } from '../../session';
import type { DatabaseMirror } from './mirror';

/** latest.json of Grype's databases (anchore/grype, grype/db/v6/distribution/latest.go). */
const listing = z.object({
  schemaVersion: z.string().regex(/^v?\d+\.\d+\.\d+$/),
  built: z.iso.datetime({ offset: true }),
  path: z.string().min(1),
  checksum: z.string().refine(isDigest),
});

const MOST_LISTING_BYTES = 1024 ** 2;
/** Compressed; 2025: 0.1 GB. */
const MOST_BYTES = 4 * 1024 ** 3;

/** Grype's databases are archives next to a latest.json, which names the newest. */
export const grypeMirror: DatabaseMirror = { newest, pull };

async function newest(session: Session, { scanner, mirror }: ScannerDatabase): Promise<Result<ScannerLock>> {
  const got = await downloadBytes(
    { name: 'the listing of the databases of Grype', urls: [mirror], maxBytes: MOST_LISTING_BYTES },
    { http: session.http, signal: session.context.signal },
  );
  if (!got.ok) return got;
  const parsed = listing.safeParse(jsonObject(got.value.bytes));
  if (!parsed.success) return noListing(mirror);
  const { schemaVersion, built, path, checksum: digest } = parsed.data;
  const size = await download(session, { mirror, path, digest });
  if (!size.ok) return size;
  const schema = Number.parseInt(schemaVersion.replace(/^v/, ''), 10);
  const time = Math.floor(Date.parse(built) / 1000);
  return ok({ scanner, mirror, digest, size: size.value, path, schema, time });
}

async function pull(session: Session, { path = '', ...lock }: ScannerLock): Promise<Result<void>> {
  const pulled = await download(session, { ...lock, path });
  return pulled.ok ? ok(undefined) : pulled;
}

type Archive = Pick<ScannerLock, 'mirror' | 'digest'> & { readonly path: string; readonly size?: number };

/** Puts an archive into the store. Returns its bytes. */
async function download(session: Session, { mirror, path, digest, size }: Archive): Promise<Result<number>> {
  const folder = await session.store.tempDir('scanner-database');
  if (!folder.ok) return folder;
  try {
    const file = join(folder.value, 'archive');
    const expected = { sha256: hexOf(digest), maxBytes: MOST_BYTES, ...(size !== undefined && { size }) };
    const request = { name: 'the database of Grype', urls: [urlOf(mirror, path)], ...expected };
    const got = await downloadFile(request, file, { http: session.http, signal: session.context.signal });
    if (!got.ok) return got;
    const put = await session.store.putBlobFromFile(file);
    return put.ok ? ok(got.value.size) : put;
  } finally {
    await rm(folder.value, { recursive: true, force: true });
  }
}

/** As Grype resolves it: in the folder of the listing. Names have times with colons. */
function urlOf(mirror: string, path: string): string {
  const url = new URL(mirror);
  url.pathname = `${url.pathname.slice(0, url.pathname.lastIndexOf('/') + 1)}${path}`;
  return url.toString();
}

function noListing(mirror: string): Result<never> {
  return fail({
    code: 'scan-invalid',
    message: `${mirror} is not a listing of databases of Grype.`,
    hint: 'Correct "mirror" in scan.json: the URL of latest.json, as https://grype.anchore.io/databases/v6/latest.json.',
  });
}
