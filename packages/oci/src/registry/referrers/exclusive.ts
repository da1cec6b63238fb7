import type { Result } from '@image-tooling/model';
import type { RegistryOptions } from '../options';

/** The last running work of each name in this process. */
const queues = new Map<string, Promise<unknown>>();

/** Runs work of the same name one after the other, so that each reads what the one before wrote. */
export const exclusiveHere: NonNullable<RegistryOptions['exclusive']> = async <T>(
  name: string,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> => {
  const before = queues.get(name) ?? Promise.resolve();
  const mine = before.then(work, work);
  queues.set(name, mine);
  try {
    return await mine;
  } finally {
    if (queues.get(name) === mine) queues.delete(name);
  }
};
