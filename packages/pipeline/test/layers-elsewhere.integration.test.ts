import { whyNoRegistry } from '@image-tooling/testkit';
import { afterAll, beforeAll, describe } from 'vitest';
import { PublishWorkspace } from './publish/workspace';
import { recordedLayers } from './recorded-layers';
import { stagingTests } from './staging-tests';

const reason = whyNoRegistry();
if (reason !== undefined) console.warn(`layers-elsewhere: skipped, since ${reason}`);

// One workspace, locked and built once. The tests of staging add a blob to the tool's outputs: they are the last.
describe.skipIf(reason !== undefined)('layers that this machine does not have', () => {
  let workspace: PublishWorkspace;
  beforeAll(async () => {
    workspace = await PublishWorkspace.open();
  });
  afterAll(() => workspace.close());

  recordedLayers(() => workspace);
  stagingTests(() => workspace);
});
