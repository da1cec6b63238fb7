import type { Platform, Tool } from '@image-tooling/model';
import type { ReleaseFetch } from '@image-tooling/sources';
import { blobCache } from './blob-cache';
import type { Session } from './session';

/** Returns the settings for fetching a vendor's file. */
export function releaseFetch({ store, options, http, context }: Session, workFolder: string): ReleaseFetch {
  return {
    cache: blobCache(store),
    workFolder,
    mirrors: options.mirrors,
    http,
    context,
  };
}

/** Returns the name for display: "k9s 0.51.0 (linux/amd64)". */
export function releaseName({ name, definition }: Tool, platform: Platform): string {
  return `${name} ${definition.version} (${platform})`;
}
