import type { Result } from '@image-tooling/model';
import type { RegistryOptions } from '../options';

/** The last work of each name that is under way in this process. */
const queues = new Map<string, Promise<unknown>>();

/** Runs works of one name one after the other: what one writes, the next reads. */
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
