import { expect, it, onTestFinished } from 'vitest';
import { fuzz, watchedFolder } from '@image-tooling/testkit/fuzz';
import { archivesTarget } from './archives-fuzz';

it('broken packages and archives are read or refused, and write nothing elsewhere', async () => {
  const folder = await watchedFolder();
  onTestFinished(() => folder.remove());
  expect(await fuzz(await archivesTarget(folder), 'long')).toBeGreaterThan(0);
});
