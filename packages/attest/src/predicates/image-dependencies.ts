import { chainOf, type Image, type LockedDeb, type Platform } from '@image-tooling/model';
import { digestSet, type Dependency } from './dependency';

/** Returns what the lock of an image and its parents name: Debian packages and a registry image. */
export function imageDependencies(image: Image, platform: Platform): Dependency[] {
  return chainOf(image).flatMap(({ name, lock }) => {
    const locked = lock?.value.platforms[platform];
    const debs = [...(locked?.bootstrap ?? []), ...(locked?.packages ?? [])];
    const base = locked?.base;
    return [
      ...debs.map((deb) => debDependency(deb, `Debian package of ${name}`)),
      ...(base ? [{ uri: base.reference, digest: digestSet(base.manifest), name: `base of ${name}` }] : []),
    ];
  });
}

/** Package URL specification, PURL-TYPES: "deb". */
export function debDependency(deb: Omit<LockedDeb, 'archive'>, name: string): Dependency {
  const { name: packageName, version, architecture, sha256 } = deb;
  const purl = `pkg:deb/debian/${encodeURIComponent(packageName)}@${encodeURIComponent(version)}?arch=${architecture}`;
  return { uri: purl, digest: { sha256 }, name };
}
