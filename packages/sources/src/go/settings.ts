import { ok, type Result } from '@image-tooling/model';
import { mustRun } from '@image-tooling/host';
import { REGISTRY_SETTINGS, type Environment } from './environment';
import type { Toolchain } from './installed-toolchain';
import { join } from 'node:path';

/**
 * Returns the registries of the user's Go and their settings of trust, from the environment and from the file
 * that `go env -w` writes. Only these are taken from that file; its GOFLAGS and others never affect a build.
 */
export async function registrySettings(
  toolchain: Toolchain,
  hostEnv: Environment,
  signal: AbortSignal,
): Promise<Result<Environment>> {
  const result = await mustRun({
    argv: [join(toolchain.root, 'bin', 'go'), 'env', '-json', ...REGISTRY_SETTINGS],
    cwd: toolchain.root,
    env: {
      ...hostEnv,
      GOROOT: toolchain.root,
      GOTOOLCHAIN: 'local',
      GOFLAGS: '',
      GOWORK: 'off',
      GOTELEMETRY: 'off',
    },
    signal,
    timeoutSeconds: 60,
  });
  return result.ok ? ok(JSON.parse(result.value.stdout) as Environment) : result;
}
