import type { ObjectStore } from '@image-tooling/object-store';

/** Probes may come every second; the storage is asked less often. */
const FRESH_MS = 5000;
/** Shorter than the probe's own limit, which is often 10 s. */
const LIMIT_MS = 5000;

/** Returns a function that returns whether the storage answers. */
export function readinessOf(
  store: ObjectStore,
  now: () => number = () => performance.now(),
): () => Promise<boolean> {
  let checkedAt = -Infinity;
  let answer: Promise<boolean> = Promise.resolve(false);
  return () => {
    if (now() - checkedAt < FRESH_MS) return answer;
    checkedAt = now();
    answer = isAnswering(store);
    return answer;
  };
}

async function isAnswering(store: ObjectStore): Promise<boolean> {
  const found = await store.get('probe/readiness', { signal: AbortSignal.timeout(LIMIT_MS) });
  if (found.ok) found.value?.body.destroy();
  return found.ok;
}
