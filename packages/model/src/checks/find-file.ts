import type { Files, ListedFile } from './listing';

/** As Linux does it (path_resolution(7)): more links than this count as a cycle. */
const MOST_LINKS = 40;

interface Walk {
  readonly files: Files;
  /** Whether a link at the end of the path is followed, too. */
  readonly followLast: boolean;
}

/** Returns the file at a path, with all links followed, or undefined. */
export function findFile(files: Files, path: string): ListedFile | undefined {
  return step({ files, followLast: true }, [], parts(path));
}

/** Returns the file at a path as `findFile` does, but does not follow a link at its end. */
export function findEntry(files: Files, path: string): ListedFile | undefined {
  return step({ files, followLast: false }, [], parts(path));
}

/** `at`: the current folder; `ahead`: the rest of the path. */
function step(walk: Walk, at: string[], ahead: string[], links = 0): ListedFile | undefined {
  const [part, ...rest] = ahead;
  if (part === undefined) return walk.files.get(absolute(at));
  if (part === '..') return step(walk, at.slice(0, -1), rest, links);
  const file = walk.files.get(absolute([...at, part]));
  if (!file) return undefined;
  if (file.target === undefined || (rest.length === 0 && !walk.followLast))
    return step(walk, [...at, part], rest, links);
  if (links === MOST_LINKS) return undefined;
  const from = file.target.startsWith('/') ? [] : at;
  return step(walk, from, [...parts(file.target), ...rest], links + 1);
}

function parts(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function absolute(parts: readonly string[]): string {
  return `/${parts.join('/')}`;
}
