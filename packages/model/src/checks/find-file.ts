import type { Files, ListedFile } from './listing';

/** As Linux does it (path_resolution(7)): more links than these on the way are taken for a circle. */
const MOST_LINKS = 40;

/** The file that a path leads to, links on its way followed, the last one too; undefined where there is none. */
export function findFile(files: Files, path: string): ListedFile | undefined {
  return walk(files, path, true);
}

/** As `findFile`, but a link at the end of the path is found itself. */
export function findEntry(files: Files, path: string): ListedFile | undefined {
  return walk(files, path, false);
}

function walk(files: Files, path: string, followLast: boolean): ListedFile | undefined {
  const ahead = parts(path);
  let at: string[] = [];
  for (let links = 0; ahead.length > 0;) {
    const part = ahead.shift() as string;
    if (part === '..') {
      at = at.slice(0, -1);
      continue;
    }
    const file = files.get(absolute([...at, part]));
    if (!file) return undefined;
    const follow = file.target !== undefined && (followLast || ahead.length > 0);
    if (!follow) at = [...at, part];
    else if (++links > MOST_LINKS) return undefined;
    else {
      if (file.target?.startsWith('/')) at = [];
      ahead.unshift(...parts(file.target ?? ''));
    }
  }
  return files.get(absolute(at));
}

function parts(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function absolute(parts: readonly string[]): string {
  return `/${parts.join('/')}`;
}
