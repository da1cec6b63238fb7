import type { Digest } from '@image-tooling/model';

/** A file or package that a build used (in-toto attestation, spec/v1/resource_descriptor.md). */
export interface Dependency {
  readonly uri: string;
  readonly digest: Readonly<Record<string, string>>;
  /** Role in the build, for people: "package of base". */
  readonly name: string;
}

/** The digests of a resource by algorithm (in-toto attestation, spec/v1/digest_set.md). */
export function digestSet(digest: Digest): Readonly<Record<string, string>> {
  const [algorithm = '', hex = ''] = digest.split(':');
  return { [algorithm]: hex };
}

/** Returns the dependencies without duplicates, sorted by URI. */
export function sortedDependencies(found: readonly Dependency[]): Dependency[] {
  const byUri = new Map(found.map((one) => [`${one.uri} ${JSON.stringify(one.digest)}`, one]));
  return [...byUri].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
