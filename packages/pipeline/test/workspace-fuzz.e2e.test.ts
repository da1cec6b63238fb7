import { expect, it, onTestFinished } from 'vitest';
import { fuzz, watchedFolder } from '@image-tooling/testkit/fuzz';
import { workspaceTarget } from './workspace-fuzz';

it('broken workspaces are checked to the end', async () => {
  const folder = await watchedFolder();
  onTestFinished(() => folder.remove());
  expect(await fuzz(await workspaceTarget(folder), 'long')).toBeGreaterThan(0);
});
