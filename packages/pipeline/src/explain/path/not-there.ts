import { fail, nearest, type Failed } from '@image-tooling/model';
import { displayPath, type PathIndex } from '@image-tooling/layer';
import { seenAt, seenBelow } from './history';
import type { Searched } from './layers';

/** Paths with the same name that are suggested. */
const MOST = 3;

/** Returns the failure for a missing path (a byte string), with suggestions. */
export function notThere({ name, platform, layers }: Searched, asked: string, path: string): Failed {
  const meant = suggestions(
    layers.map(({ paths }) => paths),
    path,
  ).map((one) => `/${displayPath(one)}`);
  return fail({
    code: 'unknown-reference',
    message: `${asked} is not in ${name} for ${platform}.`,
    hint:
      meant.length > 0
        ? `Did you mean ${meant.join(', or ')}?`
        : `Ask for a folder to list its content: npx nx run ${name}:explain --file /usr/local/bin`,
  });
}

/**
 * Suggests the same name in other folders, else the nearest name in the folder, else the nearest name
 * anywhere.
 */
function suggestions(layers: readonly PathIndex[], path: string): string[] {
  const slash = path.lastIndexOf('/');
  const [folder, wanted] = [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
  const same = everyPath(layers).filter((one) => one.endsWith(`/${wanted}`) && seenAt(layers, one));
  if (same.length > 0) return same.sort(byDepth).slice(0, MOST);
  const near = nearestIn(
    wanted,
    [...seenBelow(layers, folder).keys()].filter((one) => isIn(one, folder)),
  );
  return (
    near ??
    nearestIn(
      wanted,
      everyPath(layers).filter((one) => seenAt(layers, one)),
    ) ??
    []
  );
}

function everyPath(layers: readonly PathIndex[]): string[] {
  return [...new Set(layers.flatMap((layer) => [...layer.keys()]))];
}

function nearestIn(wanted: string, paths: readonly string[]): string[] | undefined {
  const name = nearest(wanted, new Set(paths.map(baseName)));
  return name === undefined
    ? undefined
    : paths
        .filter((path) => baseName(path) === name)
        .sort(byDepth)
        .slice(0, MOST);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isIn(path: string, folder: string): boolean {
  return path.slice(0, Math.max(0, path.lastIndexOf('/'))) === folder;
}

function byDepth(a: string, b: string): number {
  return a.split('/').length - b.split('/').length || (a < b ? -1 : 1);
}
