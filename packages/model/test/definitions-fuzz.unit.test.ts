import { expect, it } from 'vitest';
import { fuzz } from '@image-tooling/testkit/fuzz';
import { DEFINITIONS } from './definitions-fuzz';

it('broken definitions are read or refused', async () => {
  expect(await fuzz(DEFINITIONS, 'short')).toBeGreaterThan(0);
});
