import { compare, valid } from 'semver';
import { compareDebianVersions } from '../debian-version';
import type { UpdateLevel } from '../definitions/update-policy';

/** The parts of a version as tool.json has it: "1.2.3-rc.1+build". */
interface Parts {
  readonly numbers: readonly string[];
  /** "rc.1"; empty for a finished version. */
  readonly pre: string;
  /** "incompatible"; no part of the order. */
  readonly build: string;
}

function partsOf(version: string): Parts {
  const [, numbers = '', pre = '', build = ''] =
    /^([0-9]+(?:\.[0-9]+)*)(?:-([^+]*))?(?:\+(.*))?$/.exec(version) ?? [];
  return { numbers: numbers === '' ? [] : numbers.split('.'), pre, build };
}

/** Returns whether a text is a version that tool.json may have. */
export function isToolVersion(text: string): boolean {
  return partsOf(text).numbers.length > 0;
}

/**
 * Compares versions of a tool: negative if `a` is older. By SemVer where both follow it (semver.org, section 11), else
 * by their numbers (24.04, 1.2.3.4), which is also Debian's order.
 */
export function compareToolVersions(a: string, b: string): number {
  if (valid(a) !== null && valid(b) !== null) return compare(a, b);
  const [left, right] = [partsOf(a), partsOf(b)];
  const numbers = compareNumbers(left.numbers, right.numbers);
  if (numbers !== 0 || left.pre === right.pre) return numbers;
  if (left.pre === '' || right.pre === '') return left.pre === '' ? 1 : -1;
  return compareDebianVersions(left.pre, right.pre);
}

/** 1.2 and 1.2.0 are the same. */
function compareNumbers(a: readonly string[], b: readonly string[]): number {
  const count = Math.max(a.length, b.length);
  const [left, right] = [a, b].map((numbers) =>
    Array.from({ length: count }, (_, at) => numbers[at] ?? '0').join('.'),
  );
  return compareDebianVersions(left ?? '', right ?? '');
}

/** Returns which number differs first: the first one is "major", the second "minor", any other "patch". */
export function levelBetween(a: string, b: string): Exclude<UpdateLevel, 'none'> {
  const [left, right] = [partsOf(a).numbers, partsOf(b).numbers];
  const at = [0, 1].find((index) => Number(left[index] ?? 0) !== Number(right[index] ?? 0));
  return at === 0 ? 'major' : at === 1 ? 'minor' : 'patch';
}

/**
 * Returns whether a version is of the kind that the current one is. Versions before a release ("-rc.1") are taken only
 * on the way to the release that the current one comes before; those with another build ("+incompatible") never.
 */
export function isOfSameKind(version: string, current: string): boolean {
  const [found, now] = [partsOf(version), partsOf(current)];
  if (found.build !== now.build) return false;
  return found.pre === '' || (now.pre !== '' && found.numbers.join('.') === now.numbers.join('.'));
}
