import type { Image, LockedDeb, Platform } from '@image-tooling/model';
import { indexPackages, type ArchivePackage, type ArchiveState } from '@image-tooling/sources';
import { expect, it } from 'vitest';
import { stalePackages } from '../src/stale/packages';

const deb = (name: string, version: string, archive = 'debian'): LockedDeb => ({
  name,
  version,
  architecture: 'all',
  archive,
  path: `pool/${name}_${version}_all.deb`,
  size: 1,
  sha256: 'a'.repeat(64),
});

function imageWith(packages: readonly LockedDeb[]): Image {
  const platforms: Platform[] = ['linux/amd64', 'linux/arm64'];
  const locked = { time: 0, packages };
  const lock = { value: { lockVersion: 1, platforms: { 'linux/amd64': locked, 'linux/arm64': locked } } };
  return { name: 'base', definition: { platforms }, lock } as unknown as Image;
}

/** An archive with the same packages for all processors, or with others for arm64. */
function archiveOf(all: readonly LockedDeb[], arm64 = all): ArchiveState {
  const index = (packages: readonly LockedDeb[]) => indexPackages(packages as unknown as ArchivePackage[]);
  return { packages: (arch) => index(arch === 'arm64' ? arm64 : all) } as ArchiveState;
}

it('reports newer packages by name, with the newest version, and whether one of them fixes security', () => {
  const locked = [deb('zlib', '1.0-1'), deb('curl', '8.0-1'), deb('same', '1'), deb('gone', '1')];
  const archive = archiveOf([
    deb('zlib', '1.0-1'),
    deb('zlib', '1.0-1+deb13u1', 'debian-security'),
    deb('zlib', '1.0-2'),
    deb('curl', '8.0-1'),
    deb('curl', '8.0-1+deb13u1'),
    deb('same', '1'),
    deb('same', '0.9', 'debian-security'),
  ]);
  expect(stalePackages(imageWith(locked), archive)).toEqual([
    {
      name: 'curl',
      from: '8.0-1',
      to: '8.0-1+deb13u1',
      security: false,
      platforms: ['linux/amd64', 'linux/arm64'],
    },
    { name: 'zlib', from: '1.0-1', to: '1.0-2', security: true, platforms: ['linux/amd64', 'linux/arm64'] },
  ]);
});

it('reports a package of one processor alone', () => {
  const [before, after] = [deb('curl', '1'), deb('curl', '2', 'debian-security')];
  expect(stalePackages(imageWith([before]), archiveOf([before], [after]))).toEqual([
    { name: 'curl', from: '1', to: '2', security: true, platforms: ['linux/arm64'] },
  ]);
});
