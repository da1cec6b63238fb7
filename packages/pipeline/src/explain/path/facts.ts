import type { PathFacts, PathType } from '@image-tooling/model';
import { displayPath, type PathIndex } from '@image-tooling/layer';
import type { PresentRecord } from './history';

/**
 * Describes what a layer has at a path. `paths`: all paths of that layer, since a hard link has no size of
 * its own.
 */
export function factsOf(record: PresentRecord, paths: PathIndex): PathFacts {
  const { mode, uid, gid } = record;
  const common = { mode: mode.toString(8).padStart(4, '0'), uid, gid };
  if (record.kind === 'dir') return { type: 'folder', ...common };
  const { type, link } = record;
  const size = sizeOf(record, paths);
  return {
    type: type satisfies PathType,
    ...common,
    ...(size !== undefined && type !== 'symlink' && { size }),
    ...(link !== undefined && { link: `${type === 'hardlink' ? '/' : ''}${displayPath(link)}` }),
  };
}

/** Returns the bytes of a file's content; indexes of older versions lack them. */
export function sizeOf(record: PresentRecord, paths: PathIndex): number | undefined {
  if (record.kind === 'dir') return 0;
  const target = record.type === 'hardlink' && record.link !== undefined ? paths.get(record.link) : record;
  return target?.kind === 'other' ? target.size : undefined;
}

/** Returns the sum, if all sizes are known. */
export function sumOf(sizes: readonly (number | undefined)[]): number | undefined {
  return sizes.reduce<number | undefined>(
    (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
}
