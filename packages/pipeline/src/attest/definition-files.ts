import { join } from 'node:path';
import { readRegularFile } from '@image-tooling/host';
import { digestOf, MOST_BYTES, ok, type Digest, type Image, type Result } from '@image-tooling/model';
import type { Session } from '../session';
import { definitionPaths } from '../workspace/definition-paths';

/** Paths in the workspace, and digests of their content. */
export type DefinitionFiles = Readonly<Record<string, Digest>>;

/**
 * Returns the definitions and locks that an image is built from. Files of rootfs/ are covered by the commit, and by the
 * inputs of the files layer. Fails with `io`.
 */
export async function definitionFiles(
  { root, options }: Pick<Session, 'root' | 'options'>,
  image: Image,
): Promise<Result<DefinitionFiles>> {
  const found: [string, Digest][] = [];
  for (const path of definitionPaths(options.imagesDir, image).sort()) {
    const read = await readRegularFile(join(root, path), MOST_BYTES.lock);
    if (!read.ok) return read;
    if (read.value) found.push([path, digestOf(read.value)]);
  }
  return ok(Object.fromEntries(found));
}
