import type { PathIndex } from '@image-tooling/layer';
import { seenAt } from './history';

/** As Linux does it (path_resolution(7)): more links than these on the way are taken for a circle. */
const MOST_LINKS = 40;

/** Where a path leads when links are followed, the last one too. Paths are byte strings without a leading "/". */
export interface Followed {
  /** Paths of the links on the way, in order. */
  readonly links: readonly string[];
  /** The path without links, as far as there is something. */
  readonly path: string;
  /** `ends`: nothing is there; `circle`: links lead round; `inside`: it goes on below something that is no folder. */
  readonly end: 'found' | 'ends' | 'circle' | 'inside';
}

/** Follows a path through what layers, bottom first, show together. */
export function follow(layers: readonly PathIndex[], path: string): Followed {
  return step({ layers, links: [] }, [], partsOf(path));
}

interface Walk {
  readonly layers: readonly PathIndex[];
  readonly links: readonly string[];
}

/** `at`: the folder that was reached; `ahead`: what is left of the path. */
function step(walk: Walk, at: readonly string[], ahead: readonly string[]): Followed {
  const [part, ...rest] = ahead;
  if (part === undefined) return { links: walk.links, path: at.join('/'), end: 'found' };
  if (part === '..') return step(walk, at.slice(0, -1), rest);
  const path = [...at, part].join('/');
  const record = seenAt(walk.layers, path)?.record;
  if (!record) return { links: walk.links, path: [...at, ...ahead].join('/'), end: 'ends' };
  if (record.kind === 'other' && record.type === 'symlink')
    return through(walk, at, path, record.link ?? '', rest);
  if (record.kind === 'other' && rest.length > 0) return { links: walk.links, path, end: 'inside' };
  return step(walk, [...at, part], rest);
}

function through(
  walk: Walk,
  at: readonly string[],
  path: string,
  target: string,
  rest: readonly string[],
): Followed {
  const links = [...walk.links, path];
  if (links.length > MOST_LINKS) return { links, path, end: 'circle' };
  return step({ ...walk, links }, target.startsWith('/') ? [] : at, [...partsOf(target), ...rest]);
}

/** The names that a path is made of. */
export function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
