import { expect, it } from 'vitest';
import { fuzz } from '@image-tooling/testkit/fuzz';
import { FOREIGN_JSON } from './foreign-json-fuzz';

it('configs and manifests of any kind are read or refused', async () => {
  expect(await fuzz(FOREIGN_JSON, 'short')).toBeGreaterThan(0);
});
