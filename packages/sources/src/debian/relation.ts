import { compareDebianVersions } from '@image-tooling/model';

/** One package name of a Depends field with the accepted versions: `libc6 (>= 2.41)` (Debian policy 7.1). */
export interface Relation {
  readonly name: string;
  readonly operator?: '<<' | '<=' | '=' | '>=' | '>>';
  readonly version?: string;
}

/** Alternatives: one of them must be met. */
export type RelationGroup = readonly Relation[];

const RELATION = /^\s*([^\s(:[]+)(?::[a-z0-9-]+)?\s*(?:\(\s*(<<|<=|=|>=|>>)\s*([^\s)]+)\s*\))?/;

/** Returns the groups of a Depends or Pre-Depends field of a binary package; [] for an absent field. */
export function parseRelations(field: string | undefined): RelationGroup[] {
  if (field === undefined || field.trim() === '') return [];
  return field
    .split(',')
    .map((group) => group.split('|').flatMap(parseRelation))
    .filter((group) => group.length > 0);
}

function parseRelation(text: string): Relation[] {
  const match = RELATION.exec(text);
  const [, name, operator, version] = match ?? [];
  if (name === undefined) return [];
  if (operator === undefined || version === undefined) return [{ name }];
  return [{ name, operator: operator as NonNullable<Relation['operator']>, version }];
}

/** Returns whether a version meets the relation. */
export function satisfies(version: string, relation: Relation): boolean {
  if (relation.version === undefined) return true;
  const order = compareDebianVersions(version, relation.version);
  switch (relation.operator) {
    case '<<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
    case '>>':
      return order > 0;
    default:
      return order === 0;
  }
}
