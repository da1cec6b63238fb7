import { mapConcurrent } from '@image-tooling/host';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectConverged } from './random-runs';
import { openReleaseRig, type ReleaseRig } from './rig';

/** "59-200": the seeds of some of them. */
const [FIRST = 1, LAST = 200] = (process.env['RELEASE_SEEDS'] ?? '1-200').split('-').map(Number);
const SEEDS = Array.from({ length: LAST - FIRST + 1 }, (_, at) => FIRST + at);
/** Runs mostly wait for git and the registry. */
const AT_ONCE = 4;
const SHOW_EVERY = 10;

let rig: ReleaseRig;
beforeAll(async () => {
  rig = await openReleaseRig();
});
afterAll(() => rig.remove());

it(`ends as after clean runs in ${SEEDS.length} random histories`, async () => {
  const wrong: string[] = [];
  const killed = new Map<string, number>();
  let done = 0;
  await mapConcurrent(
    SEEDS,
    async (seed) => {
      const moments = await expectConverged({ ...rig, seed }).catch((error: unknown) => {
        wrong.push(`seed ${seed}: ${String(error)}`);
        return [];
      });
      for (const moment of moments) killed.set(moment, (killed.get(moment) ?? 0) + 1);
      done += 1;
      if (done % SHOW_EVERY === 0) console.log(`${done} of ${SEEDS.length}`, wrong);
    },
    AT_ONCE,
  );
  console.log('killed', Object.fromEntries([...killed].sort()));
  expect(wrong).toEqual([]);
});
