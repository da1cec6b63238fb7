import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../environment';
import { sdkFile } from '../sdk';

/** Returns the path of the SDK's own program (its provisioning/bin.js, by env-paths). Linux only. */
export function cachedCli(env: Environment): string {
  const cache = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(cache, 'dagger', `dagger-${cliVersion()}`);
}

/** Returns the version of `dagger` that the SDK was made for (its provisioning/default.js). */
export function cliVersion(): string {
  const text = readFileSync(sdkFile('provisioning/default.js'), 'utf8');
  const version = /CLI_VERSION = "([^"]+)"/.exec(text)?.[1];
  if (version === undefined) throw new Error("The SDK's provisioning/default.js has no CLI_VERSION.");
  return version;
}
