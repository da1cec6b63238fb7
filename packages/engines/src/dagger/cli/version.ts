import { resolve } from 'node:path';
import { run } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { CLI_BIN, type Environment } from '../environment';

/** A working `dagger` program. */
export interface Cli {
  /** Absolute. */
  readonly path: string;
  /** "0.21.8" */
  readonly version: string;
  /** The engine's image that it starts by itself, without a scheme; undefined for development builds. */
  readonly image?: string;
}

const TIMEOUT_SECONDS = 10;

/** Returns whether its session has the API that this code uses: any 0.21. */
export function isSupported(version: string): boolean {
  return /^0\.21\.\d/.test(version);
}

/**
 * Asks a program for its version: `dagger v0.21.8 (image://…/engine:v0.21.8) linux/amd64`. Fails with
 * `no-engine`.
 */
export async function askVersion(
  program: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<Result<Cli>> {
  const path = resolve(program);
  const argv = [path, 'version'] as const;
  const asked = await run({ argv: [...argv], env, signal, timeoutSeconds: TIMEOUT_SECONDS, graceSeconds: 0 });
  if (!asked.ok)
    return asked.failures[0].code === 'aborted' ? asked : broken(path, asked.failures[0].message);
  const { stdout, stderr, exitCode } = asked.value;
  const [, version, image] = /^dagger v(\S+)(?: \(image:\/\/(\S+)\))?/m.exec(stdout) ?? [];
  if (exitCode === 0 && version !== undefined) return ok({ path, version, image });
  return broken(path, stderr.trim() || `exit code ${exitCode}: ${stdout.trim()}`);
}

function broken(path: string, cause: string): Result<Cli> {
  return fail({
    code: 'no-engine',
    message: `${path} can't be used as Dagger's program.`,
    hint: `Set ${CLI_BIN} to a dagger 0.21 that runs or unset it, or set IMAGE_ENGINE=buildah.`,
    details: cause.split('\n').slice(-5),
  });
}
