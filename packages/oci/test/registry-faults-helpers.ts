import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { startFaultProxy, type FaultProxy, type RealRegistry, type Step } from '@image-tooling/testkit';
import type { RegistryOptions } from '../src/registry/options';
import { blobOf, opened, type OpenedRepository } from './registry-helpers';

let counter = 0;

export interface Behind {
  readonly proxy: FaultProxy;
  readonly to: OpenedRepository;
}

/** A repository of its own, seen through a proxy. */
export async function behindProxy(
  registry: RealRegistry,
  steps: readonly Step[] = [],
  options: Partial<RegistryOptions> = {},
): Promise<Behind> {
  const proxy = await startFaultProxy(registry, { steps });
  onTestFinished(() => proxy.stop());
  return { proxy, to: opened(proxy.host, `faults/name-${counter++}`, options) };
}

export const BYTES = randomBytes(1_000_000);
export const BLOB = blobOf(BYTES);
/** Address of an upload that is open, of a blob. */
export const UPLOAD = /\/blobs\/uploads\/./;
export const BLOB_PATH = /\/blobs\/sha256:/;

/** Changes the headers of answers to requests of a method. */
export function withHeaders(method: string, headers: Record<string, string | undefined>): Step {
  return async (exchange, next) => {
    if (exchange.record.method === method)
      exchange.answerChanges.push((answer) => ({ ...answer, headers: { ...answer.headers, ...headers } }));
    return next();
  };
}
