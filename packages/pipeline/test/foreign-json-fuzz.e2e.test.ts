import { expect, it } from 'vitest';
import { fuzz } from '@image-tooling/testkit/fuzz';
import { FOREIGN_JSON } from './foreign-json-fuzz';

it('broken configs and manifests are read or refused', async () => {
  expect(await fuzz(FOREIGN_JSON, 'long')).toBeGreaterThan(0);
});
