import { expect, it, onTestFinished } from 'vitest';
import { fuzz, watchedFolder } from '@image-tooling/testkit/fuzz';
import { temporaryFolder } from '@image-tooling/testkit/helpers';
import { registryFuzz } from './registry-fuzz';

it('answers of any kind end in a failure or a success, after few requests', async () => {
  const folder = await watchedFolder();
  onTestFinished(() => folder.remove());
  const { target, stop } = await registryFuzz(folder, temporaryFolder());
  onTestFinished(stop);
  expect(await fuzz(target, 'short')).toBeGreaterThan(0);
});
