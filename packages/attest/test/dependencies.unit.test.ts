import { expect, it } from 'vitest';
import { loadPurls } from '@image-tooling/sbom';
import { debDependency } from '../src/predicates/image-dependencies';

it('names a Debian package as SBOMs do, also if its version has an epoch', async () => {
  const deb = { name: 'libstdc++6', version: '1:14.2.0~rc1+deb13u1', architecture: 'amd64' } as const;
  const file = { path: 'x.deb', size: 1, sha256: '0'.repeat(64) };
  const { uri } = debDependency(await loadPurls(), { ...deb, ...file }, 'package of base');
  expect(uri).toBe('pkg:deb/debian/libstdc%2B%2B6@1:14.2.0~rc1+deb13u1?arch=amd64');
});
