import type { PathIndex } from '@image-tooling/layer';
import { seenAt } from './history';

/** As Linux does it (path_resolution(7)): more links than this count as a cycle. */
const MOST_LINKS = 40;

/** The target of a path with all links followed. Paths are byte strings without a leading "/". */
export interface Followed {
  /** Paths of the followed links, in order. */
  readonly links: readonly string[];
  /** The path without links, as far as it exists. */
  readonly path: string;
  /**
   * `ends`: nothing is there; `circle`: links lead round; `inside`: it goes on below something that is not a
   * folder.
   */
  readonly end: 'found' | 'ends' | 'circle' | 'inside';
}

/** Follows a path through stacked layers, bottom first. */
export function follow(layers: readonly PathIndex[], path: string): Followed {
  return step({ layers, links: [] }, [], partsOf(path));
}

interface Walk {
  readonly layers: readonly PathIndex[];
  readonly links: readonly string[];
}

/** `at`: the current folder; `ahead`: the rest of the path. */
function step(walk: Walk, at: readonly string[], ahead: readonly string[]): Followed {
  const [part, ...rest] = ahead;
  if (part === undefined) return { links: walk.links, path: at.join('/'), end: 'found' };
  if (part === '..') return step(walk, at.slice(0, -1), rest);
  const path = [...at, part].join('/');
  const record = seenAt(walk.layers, path)?.record;
  if (!record) return { links: walk.links, path: [...at, ...ahead].join('/'), end: 'ends' };
  if (record.kind === 'other' && record.type === 'symlink')
    return through(walk, at, { path, target: record.link ?? '' }, rest);
  if (record.kind === 'other' && rest.length > 0) return { links: walk.links, path, end: 'inside' };
  return step(walk, [...at, part], rest);
}

function through(
  walk: Walk,
  at: readonly string[],
  { path, target }: { readonly path: string; readonly target: string },
  rest: readonly string[],
): Followed {
  const links = [...walk.links, path];
  if (links.length > MOST_LINKS) return { links, path, end: 'circle' };
  return step({ ...walk, links }, target.startsWith('/') ? [] : at, [...partsOf(target), ...rest]);
}

/** Returns the names in a path. */
export function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
