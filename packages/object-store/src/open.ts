import { fileURLToPath } from 'node:url';
import type { HttpTimings } from '@image-tooling/host';
import { fail, type Result } from '@image-tooling/model';
import { openFolderStore } from './folder';
import type { ObjectStore } from './object/port';
import { openS3Store } from './s3';

export interface OpenOptions {
  /** Credentials and region of S3 (AWS_…), proxies, certificate authorities. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Differences from `S3_TIMINGS`. */
  readonly timings?: Partial<HttpTimings>;
}

/**
 * Opens the store of a URL: "file:///folder" or "s3://bucket/prefix". Creates nothing and sends nothing. Fails with
 * `usage` for another URL, or if S3's credentials are missing.
 */
export function openObjectStore(url: string, options: OpenOptions): Result<ObjectStore> {
  const { protocol } = URL.canParse(url) ? new URL(url) : { protocol: '' };
  if (protocol === 's3:') return openS3Store(url, options);
  if (protocol === 'file:') return openFolderUrl(url);
  const message = `"${url}" is not the URL of a store; expected "file:///folder" or "s3://bucket/prefix".`;
  return fail({ code: 'usage', message });
}

function openFolderUrl(url: string): Result<ObjectStore> {
  try {
    return { ok: true, value: openFolderStore(fileURLToPath(url)) };
  } catch {
    const message = `"${url}" is not the URL of a folder; expected three slashes: "file:///var/cache".`;
    return fail({ code: 'usage', message });
  }
}
