import { buildIdOf, canonicalJson, type Json } from '../canonical';
import { digestOf, type Digest } from '../digest';
import type { LayerKind } from '../layer';

/** Returns whether a layer belongs to the system chain, on which apt layers are computed. */
export function isSystem({ kind }: { readonly kind: LayerKind }): boolean {
  return kind === 'base' || kind === 'bootstrap' || kind === 'apt';
}

/** The part of a locked package that decides a layer. */
export interface PackageIdentity {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly sha256: string;
}

/**
 * Returns the identity of a system chain's packages: the parent's identity and this image's own packages. A
 * child's lock names its parent's, so that stale locks are detected without the archive.
 */
export function packagesDigest(parent: Digest | undefined, packages: readonly PackageIdentity[]): Digest {
  return digestOf(canonicalJson({ parent, packages: packageInputs(packages) }));
}

/** Returns packages as build inputs: name, version and architecture → sha256, for readable differences. */
export function packageInputs(packages: readonly PackageIdentity[]): Json {
  return Object.fromEntries(
    packages.map((one) => [`${one.name}:${one.architecture}`, `${one.version} ${one.sha256}`]),
  );
}

/** Returns the build id of a layer from the inputs that decide it. */
export function layerBuildId(inputs: Json): Digest {
  return buildIdOf(inputs);
}
