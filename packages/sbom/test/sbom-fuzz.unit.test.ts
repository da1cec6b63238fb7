import { expect, it } from 'vitest';
import { fuzz } from '@image-tooling/testkit/fuzz';
import { GO_PROGRAMS, PACKAGE_TEXTS, sboms } from './sbom-fuzz';

it('broken Go programs are read or reported', async () => {
  expect(await fuzz(GO_PROGRAMS, 'short')).toBeGreaterThan(0);
});

it('broken texts of packages are read or reported', async () => {
  expect(await fuzz(PACKAGE_TEXTS, 'short')).toBeGreaterThan(0);
});

it('broken SBOMs are read or refused', async () => {
  expect(await fuzz(await sboms(), 'short')).toBeGreaterThan(0);
});
