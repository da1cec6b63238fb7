import type { Platform, Tool } from '@image-tooling/model';
import type { ReleaseFetch } from '@image-tooling/sources';
import { blobCache } from './blob-cache';
import type { Session } from './session';

/** What fetching a vendor's file works with. */
export function releaseFetch({ store, options, http, context }: Session, workFolder: string): ReleaseFetch {
  return {
    cache: blobCache(store),
    workFolder,
    mirrors: options.mirrors,
    http,
    context,
  };
}

/** What the user is told: "k9s 0.51.0 (linux/amd64)". */
export function releaseName({ name, definition }: Tool, platform: Platform): string {
  return `${name} ${definition.version} (${platform})`;
}
