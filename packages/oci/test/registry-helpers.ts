import { onTestFinished } from 'vitest';
import { digestOf } from '@image-tooling/model';
import { openRepository } from '../src/registry/client';
import type { RegistryOptions } from '../src/registry/options';
import type { LocalBlob, Repository } from '../src/registry/port';
import type { RequestRecord } from '../src/registry/transport';

export interface OpenedRepository extends Repository {
  readonly requests: RequestRecord[];
}

/** A repository of a registry on this machine, closed when the test ends. */
export function opened(
  registry: string,
  path: string,
  options: Partial<RegistryOptions> = {},
): OpenedRepository {
  const requests: RequestRecord[] = [];
  const repository = openRepository(
    { registry, path },
    {
      env: {},
      signal: new AbortController().signal,
      timings: { backoffSeconds: 0.01, shortestWaitSeconds: 0.01 },
      onRequest: (record) => requests.push(record),
      ...options,
    },
  );
  onTestFinished(() => repository.close());
  return { ...repository, requests };
}

/** Bytes as a blob that comes in pieces. */
export function blobOf(bytes: Uint8Array): LocalBlob {
  return {
    digest: digestOf(bytes),
    size: bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
    },
  };
}
