import { fail, ok, type Failure, type Place, type Result } from '@image-tooling/model';
import { isOfUpstream, shortUpstream } from './deb-version';
import { notFound } from './not-found';
import type { ArchivePackage, PackageIndex } from './package';

/** The package that a tool's files are taken from. */
export interface WantedDeb {
  readonly tool: string;
  readonly package: string;
  /** The archive of the package; undefined: any that has it. */
  readonly archive?: string | undefined;
  /** The tool's version: the package's upstream version. */
  readonly version: string;
  /** The places of the package and the version in tool.json. */
  readonly places: { readonly package: Place; readonly version: Place };
}

/**
 * Returns the newest package of the wanted upstream version. Fails with `package-not-found` for an unknown
 * name (with similar names) or version (with the available versions).
 */
export function chooseDeb(index: PackageIndex, wanted: WantedDeb): Result<ArchivePackage> {
  const found = (index.byName.get(wanted.package) ?? []).filter(
    ({ archive }) => wanted.archive === undefined || archive === wanted.archive,
  );
  const chosen = found.find(({ version }) => isOfUpstream(version, wanted.version));
  if (chosen) return ok(chosen);
  return fail(found.length === 0 ? noPackage(index, wanted) : otherVersions(found, wanted));
}

function noPackage(index: PackageIndex, { tool, package: name, archive, places }: WantedDeb): Failure {
  const elsewhere = index.byName.get(name);
  if (!elsewhere || archive === undefined)
    return { ...notFound(name, index, 'tool.json'), place: places.package };
  const names = [...new Set(elsewhere.map((found) => `"${found.archive}"`))].join(', ');
  return {
    code: 'package-not-found',
    message: `${tool}: the archive "${archive}" has no package "${name}".`,
    hint: `It is in ${names}: set "archive" to that.`,
    place: places.package,
  };
}

function otherVersions(found: readonly ArchivePackage[], wanted: WantedDeb): Failure {
  const { tool, package: name, version, places } = wanted;
  const versions = [...new Set(found.map((each) => each.version))];
  const [newest = ''] = versions;
  return {
    code: 'package-not-found',
    message: `${tool}: version ${version} is not available: the package ${name} is at ${versions.join(', ')}.`,
    hint: `Set "version" to "${shortUpstream(newest)}", or use another source for the tool.`,
    place: places.version,
  };
}
