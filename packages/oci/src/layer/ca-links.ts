import { lookUp, shutsOut, type TarEntry, type PathIndex } from '@image-tooling/layer';

const CERTIFICATES = 'etc/ssl/certs/';

/**
 * Returns the symlinks in etc/ssl/certs whose targets do not exist in the system: Dagger's engine links the host's
 * certificate authorities there while a step runs. Includes links to such links.
 */
export function danglingCaLinks(
  entries: ReadonlyMap<string, TarEntry>,
  changes: PathIndex,
  chain: readonly PathIndex[],
): Set<string> {
  const links = [...entries.values()].filter(isCaLink);
  const dangling = new Set<string>();
  const exists = (path: string): boolean =>
    (entries.has(path) && !dangling.has(path)) ||
    (!entries.has(path) && !shutsOut(changes, path) && lookUp(chain, path) !== undefined);
  for (let before = -1; before !== dangling.size;) {
    before = dangling.size;
    for (const link of links) if (!exists(targetOf(link))) dangling.add(link.path);
  }
  return dangling;
}

function isCaLink(entry: TarEntry): boolean {
  return entry.type === 'symlink' && entry.path.startsWith(CERTIFICATES);
}

function targetOf({ path, linkTarget = '' }: TarEntry): string {
  const parts = linkTarget.startsWith('/') ? [] : path.split('/').slice(0, -1);
  for (const part of linkTarget.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  return parts.join('/');
}
