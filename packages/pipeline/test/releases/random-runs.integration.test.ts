import { afterAll, beforeAll, describe, it } from 'vitest';
import { expectConverged } from './random-runs';
import { openReleaseRig, type ReleaseRig } from './rig';

let rig: ReleaseRig;
beforeAll(async () => {
  rig = await openReleaseRig();
});
afterAll(() => rig.remove());

// More of them: random-runs.e2e.test.ts
describe('runs that are dropped, killed, repeated, late or at once', () => {
  it('leave what clean runs leave', () => expectConverged({ ...rig, seed: 1 }));
});
