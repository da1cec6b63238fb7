import { caught, valueOf } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import type { TarEntry } from '../tar/entry';
import { dissolveLinks, joinLinks, type Inode } from '../tar/links';
import { indexPaths, isOpaque, shutsOut, whiteoutTarget } from './path-index';

/**
 * Applies changes to a complete system: returns one system, without whiteouts. `lower` must be complete, because
 * whiteouts are applied and dropped (OCI image-layer specification, "Whiteouts"). A path in `upper` replaces that path
 * in `lower`, and everything below it unless both are folders. Later entries of a list replace earlier ones of the
 * same path. Fails with `tar-format` on a dangling hard link.
 */
export async function mergeLayers(
  lower: readonly TarEntry[],
  upper: readonly TarEntry[],
): Promise<Result<TarEntry[]>> {
  return caught('merging layers', async () => {
    const below = valueOf(dissolveLinks(lower));
    const above = valueOf(dissolveLinks(upper, below));
    const changes = indexPaths([...above.values()].map(({ entry }) => entry));
    const merged = new Map<string, Inode>();
    for (const [path, inode] of below) if (!shutsOut(changes, path)) merged.set(path, inode);
    for (const [path, inode] of above) if (!isMarker(path)) merged.set(path, inode);
    return joinLinks(merged.values());
  });
}

function isMarker(path: string): boolean {
  return isOpaque(path) || whiteoutTarget(path) !== undefined;
}
