import { rawManifest } from '@image-tooling/testkit';
import { ageLocks, valueOf } from '@image-tooling/testkit/helpers';
import { describe, expect, it } from 'vitest';
import type { PublisherRig } from './publisher-process';
import { pathOf } from './surroundings';

/** Requests of a publish that change the registry. */
export const WRITE = /PUT|POST|PATCH/;

/**
 * Blobs of two platforms that share one (7), each begun and finished; two manifests, the index, four tags.
 */
export const WRITES = 7 * 2 + 2 + 1 + 4;

/** One of each kind: the first and the last of the blobs, a manifest, the index, the first and the last tag. */
export const KINDS_OF_WRITES = [1, 14, 16, 17, 18, 21];

/** Stops a publish after each of these writes, counted from 1. */
export function describeKilledPublishers(writes: readonly number[], rig: () => PublisherRig): void {
  describe('6: a publisher that is killed', () => {
    it.each(writes)('after write %i leaves no incomplete tag, and the next run succeeds', async (nth) => {
      const { at, publishers } = rig();
      const plan = await at.plan();
      const held = at.proxy.hold({ method: WRITE, nth }, 'answered');
      const running = await publishers.start(plan);
      await Promise.race([held.arrived, running.ended.then(endedEarly)]);
      running.kill();
      await running.ended;
      await ageLocks(plan.store);
      held.release();
      await at.expectWhole(plan);
      const { result } = await at.expectPublished(plan);
      expect(await at.tags(plan)).toEqual(['1', '1.2', '1.2.3', 'latest']);
      const index = await rawManifest(at.registry, pathOf(plan.repository), '1.2.3');
      expect(index?.digest).toBe(valueOf(result).index.digest);
    });
  });
}

function endedEarly({ output }: { readonly output: string }): never {
  throw new Error(`The publisher ended before it could be killed: ${output}`);
}
