import { parseStanza, type Arch, type Failure } from '@image-tooling/model';
import type { ArchivePackage, PackageIndex } from '../package';
import { parseRelations, satisfies, type Relation } from '../relation';
import type { AptAction } from './simulation';

/**
 * Returns the image of the workspace whose lock installs a package; undefined for one of a base of a
 * registry.
 */
export type InstalledOwner = (name: string) => string | undefined;

/** The image and architecture that apt resolved for, for messages. */
export interface ResolvedFor {
  readonly image: string;
  readonly arch: Arch;
  readonly ownerOf?: InstalledOwner | undefined;
}

/** Returns the listed package that an action of apt installs. */
export function listedPackage(
  { name, version, arch }: AptAction,
  index: PackageIndex,
): ArchivePackage | undefined {
  return index.byName.get(name)?.find((known) => known.version === version && known.architecture === arch);
}

/**
 * Returns a `parent-changed` for each installed package that would have to change, with what needs that.
 * Leaves packages out that apt would change although nothing needs it.
 */
export function parentChanges(
  actions: readonly AptAction[],
  index: PackageIndex,
  resolved: ResolvedFor,
): Failure[] {
  const chosen = actions.flatMap((action) => listedPackage(action, index) ?? []);
  const changed = actions
    .filter(({ before }) => before !== undefined)
    .map((action) => ({ action, reason: reasonOf(action, chosen) }));
  const needed = changed.filter(({ action, reason }) => reason !== undefined || action.version === undefined);
  return (needed.length > 0 ? needed : changed).map(({ action, reason }) =>
    failureOf(action, reason, resolved),
  );
}

function failureOf(
  { name, before, version }: AptAction,
  reason: string | undefined,
  { image, arch, ownerOf }: ResolvedFor,
): Failure {
  const owner = ownerOf?.(name);
  const parent = owner === undefined ? 'its base' : `"${owner}"`;
  const change = version === undefined ? 'be removed' : `be ${version}`;
  return {
    code: 'parent-changed',
    message: `The packages of "${image}" (${arch}) can't be installed: ${name} ${before} of ${parent} would have to ${change}${reason === undefined ? '' : `, since ${reason}`}. A child never changes a package of its parent.`,
    hint: version === undefined ? WITHOUT_ONE : newerHint(owner),
  };
}

const WITHOUT_ONE = 'Remove the conflicting package from image.json, or the other one from the parent.';

function newerHint(owner: string | undefined): string {
  if (owner === undefined)
    return 'Use a newer digest of the base, which has that package in its current version.';
  return `Lock "${owner}" and all images based on it again: npx nx run ${owner}:lock --family`;
}

/**
 * Returns why a package can't stay unchanged: the first relation of the chosen packages that its version does
 * not meet.
 */
function reasonOf({ name, before = '' }: AptAction, chosen: readonly ArchivePackage[]): string | undefined {
  for (const one of chosen.filter((other) => other.name !== name)) {
    const unmet = dependencies(one).find(
      (relation) => relation.name === name && !satisfies(before, relation),
    );
    if (unmet) return `${textOf(one)} depends on ${relationText(unmet)}`;
    const met = exclusions(one).find((relation) => relation.name === name && satisfies(before, relation));
    if (met) return `${textOf(one)} conflicts with ${relationText(met)}`;
  }
  return undefined;
}

function dependencies({ depends, preDepends }: ArchivePackage): Relation[] {
  return [...parseRelations(preDepends), ...parseRelations(depends)].flat();
}

/** Debian policy 7.3 and 7.4. */
function exclusions({ raw }: ArchivePackage): Relation[] {
  const fields = parseStanza(raw);
  return [...parseRelations(fields.get('breaks')), ...parseRelations(fields.get('conflicts'))].flat();
}

function textOf({ name, version }: ArchivePackage): string {
  return `${name} ${version}`;
}

function relationText({ name, operator, version }: Relation): string {
  return operator === undefined ? name : `${name} (${operator} ${version})`;
}
