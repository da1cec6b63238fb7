import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const SCOPE = '@image-tooling/';

/** Returns the package.json of a folder of packages/. */
export function readPackage(folder) {
  return JSON.parse(readFileSync(join(ROOT, 'packages', folder, 'package.json'), 'utf8'));
}

/** Returns the npm dependencies of a package and of the inner packages that it uses: name → exact version. */
export function outsideDependencies(folder, seen = new Set()) {
  if (seen.has(folder)) return {};
  seen.add(folder);
  const entries = Object.entries(readPackage(folder).dependencies ?? {});
  const inner = entries.filter(([name]) => name.startsWith(SCOPE));
  const below = inner.map(([name]) => outsideDependencies(name.slice(SCOPE.length), seen));
  const own = Object.fromEntries(entries.filter(([name]) => !name.startsWith(SCOPE)));
  return Object.assign({}, ...below, own);
}
