import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { caughtResult } from '@image-tooling/host';
import { streamTar } from '@image-tooling/layer';
import { fail, ok, type Result } from '@image-tooling/model';
import type { ScannerLock } from '@image-tooling/scan';
import type { Session } from '../../session';
import { runScanner } from '../container/run';
import type { ScannerSystem } from '../container/system';
import { withUnpacked } from './unpack';

/** Where the database is mounted, and where Grype imports it to; paths in the container. */
const ARCHIVE = '/run/scanner-database';
const CACHE = '/var/tmp/grype';
const WANTED = ['6/vulnerability.db', '6/import.json'];
/** A database of 1.2 GB takes a minute. */
const TIMEOUT_SECONDS = 1800;

/**
 * Fills a folder with a database that Grype imported: archives have no indexes, and Grype refuses a database that it did
 * not import. Done once for each database; takes the changes of the step as a tar.
 */
export function indexedByGrype(
  session: Session,
  lock: ScannerLock,
  { platform, system }: ScannerSystem,
  folder: string,
): Promise<Result<void>> {
  return withUnpacked(session, lock, async (unpacked) => {
    await openForAll(unpacked);
    const changes = join(unpacked, 'changes.tar');
    const ran = await runScanner(session, {
      label: 'Grype: import its database',
      platform,
      system,
      commands: [{ argv: ['grype', 'db', 'import', `${ARCHIVE}/vulnerability.db`] }],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp', ...importSettings() },
      mounts: [{ source: join(unpacked, '6'), target: ARCHIVE }],
      changesTo: changes,
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    return ran.ok ? takeDatabase(changes, folder, session.context.signal) : ran;
  });
}

function importSettings(): Record<string, string> {
  return { GRYPE_DB_CACHE_DIR: CACHE, GRYPE_CHECK_FOR_APP_UPDATE: 'false', GRYPE_DB_AUTO_UPDATE: 'false' };
}

async function openForAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  await chmod(join(folder, '6'), 0o755);
}

function takeDatabase(tar: string, folder: string, signal: AbortSignal): Promise<Result<void>> {
  return caughtResult(folder, async () => {
    const found: string[] = [];
    for await (const streamed of streamTar(createReadStream(tar), {
      name: 'the imported database',
    })) {
      const { entry } = streamed;
      const name = WANTED.find((one) => entry.path === `${CACHE.slice(1)}/${one}`);
      if (name === undefined) continue;
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await pipeline(streamed.pieces(), createWriteStream(join(folder, name)), { signal });
      found.push(name);
    }
    if (found.length === WANTED.length) return ok(undefined);
    return fail({
      code: 'scan-invalid',
      message: 'Grype imported its database, and left no files.',
      hint: 'Use the version of Grype that this version of image-tooling was tested with (docs/scan.md).',
    });
  });
}
