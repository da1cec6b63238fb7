import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail, type Failed, type Result } from '@image-tooling/model';
import { caught, fullDisk, mustRun } from '@image-tooling/host';
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
  return caught(target, async () => {
    for (const folder of PROGRAM_FOLDERS) await makeExecutable(join(unpacked, folder));
    await mkdir(dirname(target), { recursive: true });
    await rm(target, { recursive: true, force: true });
    await rename(unpacked, target);
  });
}

async function makeExecutable(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  for (const entry of entries) if (entry.isFile()) await chmod(join(entry.parentPath, entry.name), 0o755);
}

/** ENOSPC and EDQUOT in a traceback of Python, whose zipfile module ends with 1 for every error (OSError.__str__). */
const FULL = /\[Errno (?:28|122)\]/;

function unpackFailed(failed: Failed, into: string): Result<void> {
  const [failure] = failed.failures;
  if (failure.code !== 'command-failed') return failed;
  const { details = [] } = failure;
  if (details.some((line) => FULL.test(line)))
    return fail(fullDisk('unpacking the Go toolchain', into, details));
  return fail({ ...failure, code: 'go-toolchain', message: 'The Go toolchain could not be unpacked.' });
}
