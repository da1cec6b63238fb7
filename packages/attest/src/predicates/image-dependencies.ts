import { chainOf, type Image, type LockedDeb, type Platform } from '@image-tooling/model';
import type { Purls } from '@image-tooling/sbom';
import { digestSet, type Dependency } from './dependency';

/** Returns what the lock of an image and its parents name: Debian packages and a registry image. */
export function imageDependencies(purls: Purls, image: Image, platform: Platform): Dependency[] {
  return chainOf(image).flatMap(({ name, lock }) => {
    const locked = lock?.value.platforms[platform];
    const debs = [...(locked?.bootstrap ?? []), ...(locked?.packages ?? [])];
    const base = locked?.base;
    return [
      ...debs.map((deb) => debDependency(purls, deb, `Debian package of ${name}`)),
      ...(base ? [{ uri: base.reference, digest: digestSet(base.manifest), name: `base of ${name}` }] : []),
    ];
  });
}

/** Returns a Debian package as a dependency. */
export function debDependency({ purl }: Purls, deb: Omit<LockedDeb, 'archive'>, name: string): Dependency {
  const { name: packageName, version, architecture, sha256 } = deb;
  const uri = purl('deb', packageName, version, { namespace: 'debian', qualifiers: { arch: architecture } });
  return { uri, digest: { sha256 }, name };
}
