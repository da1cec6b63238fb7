import type { Arch, Result } from '@image-tooling/model';
import { ok } from '@image-tooling/model';
import { fetchEnvironment, type Environment } from '../environment';
import { goPaths, type GoPaths } from '../paths';
import { registrySettings } from '../settings';
import type { GoRun } from '../tool';
import { ensureGoToolchain } from '../toolchain/ensure';
import type { Toolchain } from '../installed-toolchain';

/** A toolchain together with the user's registries. */
export interface FetchSession {
  readonly toolchain: Toolchain;
  readonly paths: GoPaths;
  /** The environment of a go command that fetches; `temporary` is for its short-lived files. */
  readonly environment: (temporary: string, arch: Arch) => Environment;
}

/** Prepares commands that fetch modules: the pinned toolchain, and the user's Go settings of registries. */
export async function openFetchSession(run: GoRun): Promise<Result<FetchSession>> {
  const toolchain = await ensureGoToolchain(run);
  if (!toolchain.ok) return toolchain;
  const { hostEnv } = run;
  const registries = await registrySettings(toolchain.value, hostEnv, run.context.signal);
  if (!registries.ok) return registries;
  const paths = goPaths(run.cache);
  return ok({
    toolchain: toolchain.value,
    paths,
    environment: (temporary, arch) =>
      fetchEnvironment(
        toolchain.value,
        paths,
        { temporary, arch },
        { env: hostEnv, registries: registries.value },
      ),
  });
}
