import { existsSync } from 'node:fs';
import { findProgram } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import { CLI_BIN } from '../environment';
import type { SessionOptions } from '../session-types';
import { cachedCli } from './cache';
import { downloadCli } from './download';
import type { DownloadPlace } from './relay';
import { askVersion, isSupported, type Cli } from './version';

export type { Cli } from './version';

/**
 * Returns the `dagger` program: that of `_EXPERIMENTAL_DAGGER_CLI_BIN`, that of PATH if its version fits, or
 * the SDK's, which is downloaded if it is missing (once, under a lock). Fails with `no-engine`, `timeout` or
 * `aborted`.
 */
export async function findCli(options: SessionOptions, from?: DownloadPlace): Promise<Result<Cli>> {
  const { env, signal, progress } = options;
  if (env[CLI_BIN]) return askVersion(env[CLI_BIN], env, signal);
  const installed = await findProgram('dagger', env);
  if (installed !== undefined) {
    const asked = await askVersion(installed, env, signal);
    if (asked.ok && isSupported(asked.value.version)) return asked;
    if (signal?.aborted) return asked;
    const why = asked.ok ? `is version ${asked.value.version}, 0.21 is needed` : 'does not run';
    progress?.note(`${installed} ${why}: using another one.`);
  }
  const cached = cachedCli(env);
  if (!existsSync(cached)) {
    const downloaded = await downloadCli(cached, options, from);
    if (!downloaded.ok) return downloaded;
  }
  return askVersion(cached, env, signal);
}
