import { fuzz } from '@image-tooling/testkit/fuzz';
import { expect, it } from 'vitest';
import { attachmentTargets, withKey } from './attachments-fuzz';

it('changed attachments are refused', async () => {
  for (const target of attachmentTargets(await withKey()))
    expect(await fuzz(target, 'long')).toBeGreaterThan(0);
});
