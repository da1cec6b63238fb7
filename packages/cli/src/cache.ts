import type { OpenLayerCache } from '@image-tooling/pipeline';
import {
  runCommand,
  afterTasks,
  beforeTasks,
  openLayerCache as openCache,
  startEarly,
  type HookOptions,
  type RunContext,
} from '@image-tooling/remote-cache';
import { helpFor } from './help';
import type { Host } from './host';
import { abortOnSignals } from './signals';

/**
 * The commands "image-tooling cache …", the hooks of the Nx plugin, and layers from the remote cache: a bundle of its
 * own, so that no change of it changes what Nx hashes for builds.
 */
export async function main(argv: readonly string[], host: Host = process): Promise<number> {
  const signals = abortOnSignals(host);
  try {
    return await runCommand({
      argv: argv.slice(1),
      host,
      signal: signals.signal,
      help: helpFor('cache') ?? '',
    });
  } finally {
    signals.end();
  }
}

/** The bundle of the other commands gets it without a type, from a JavaScript file. */
export const openLayerCache: OpenLayerCache = openCache;

export { afterTasks, beforeTasks, startEarly, type HookOptions, type RunContext };
