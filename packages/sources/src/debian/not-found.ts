import type { Failure } from '@image-tooling/model';
import type { PackageIndex } from './package';

const SUGGESTIONS = 3;

/** Returns the failure for a name that no suite has, with similar names. */
export function notFound(name: string, index: PackageIndex, file = 'image.json'): Failure {
  const near = nearNames(name, index);
  const what = index.providers.has(name)
    ? `"${name}" is not a package: several packages provide it`
    : `There is no package "${name}" in the archive`;
  return {
    code: 'package-not-found',
    message: `${what}.`,
    hint:
      near.length === 0
        ? `Look the name up with "apt-cache search", and correct it in ${file}.`
        : `Did you mean ${near.map((found) => `"${found}"`).join(' or ')}?`,
  };
}

function nearNames(name: string, index: PackageIndex): string[] {
  const virtual = [...(index.providers.get(name) ?? [])].map((provider) => provider.package.name);
  if (virtual.length > 0) return [...new Set(virtual)].sort().slice(0, SUGGESTIONS);
  const limit = Math.max(1, Math.min(3, Math.floor(name.length / 3)));
  return [...index.byName.keys()]
    .map((known) => ({ known, distance: editDistance(name, known, limit) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.known < b.known ? -1 : 1))
    .slice(0, SUGGESTIONS)
    .map(({ known }) => known);
}

/**
 * Returns the number of insertions, deletions, replacements and swaps of neighbours that turn a into b;
 * `limit + 1` if it is above `limit`.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + change,
        swapped ? (before[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    if (Math.min(...current) > limit) return limit + 1;
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? limit + 1;
}
