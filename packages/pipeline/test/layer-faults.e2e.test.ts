import { whyNoRegistry } from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { completeToolOutputs } from './fresh-clone';
import { publishedLayerFaults } from './published-layer-faults';
import { PublishWorkspace } from './publish/workspace';
import { PUSH, stagingOnly } from './staging-clone';
import { stagingFaults } from './staging-faults';

const reason = whyNoRegistry();
if (reason !== undefined) console.warn(`layer-faults: skipped, since ${reason}`);

// All of them; `npm test` has a few of each (layers-elsewhere).
describe.skipIf(reason !== undefined)('layers that are not in the store', () => {
  let workspace: PublishWorkspace;
  beforeAll(async () => {
    workspace = await PublishWorkspace.open();
    await completeToolOutputs(workspace);
    expect(await workspace.rig.must(['build', 'child'], stagingOnly(workspace, PUSH))).toContain('pushed');
    for (const image of ['base', 'child']) await workspace.mustPublish([image]);
  });
  afterAll(() => workspace.close());

  describe('and published', () => publishedLayerFaults(() => workspace));
  describe('and in staging', () => stagingFaults(() => workspace));
});
