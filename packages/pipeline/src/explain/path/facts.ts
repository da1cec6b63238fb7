import type { PathFacts, PathType } from '@image-tooling/model';
import { displayPath, type PathIndex } from '@image-tooling/layer';
import type { PresentRecord } from './history';

/** What a layer has at a path, for people. `paths`: all of that layer, for another name of a file has no size itself. */
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

/** Bytes of a file's content. Indexes that an older version wrote say nothing of it. */
export function sizeOf(record: PresentRecord, paths: PathIndex): number | undefined {
  if (record.kind === 'dir') return 0;
  const target = record.type === 'hardlink' && record.link !== undefined ? paths.get(record.link) : record;
  return target?.kind === 'other' ? target.size : undefined;
}

/** The sum, where all are known. */
export function sumOf(sizes: readonly (number | undefined)[]): number | undefined {
  return sizes.reduce<number | undefined>(
    (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
}
