import { join } from 'node:path';
import { readRegularFile } from '@image-tooling/host';
import {
  chainOf,
  digestOf,
  MOST_BYTES,
  ok,
  type Digest,
  type Image,
  type Result,
} from '@image-tooling/model';
import type { Session } from '../session';

/**
 * Returns the definitions and locks that an image is built from: paths in the workspace, and digests of their content.
 * Files of rootfs/ are covered by the commit, and by the inputs of the files layer. Fails with `io`.
 */
export async function definitionFiles(
  { root, options }: Pick<Session, 'root' | 'options'>,
  image: Image,
): Promise<Result<Record<string, Digest>>> {
  const images = chainOf(image);
  const tools = images.flatMap((one) => one.tools);
  const paths = [
    ...images.flatMap(({ folder }) => [`${folder}/image.json`, `${folder}/lock.json`]),
    ...tools.flatMap(({ folder }) => TOOL_FILES.map((name) => `${folder}/${name}`)),
    `${options.imagesDir}/archive.lock.json`,
  ];
  const found: [string, Digest][] = [];
  for (const path of paths.sort()) {
    const read = await readRegularFile(join(root, path), MOST_BYTES.lock);
    if (!read.ok) return read;
    if (read.value) found.push([path, digestOf(read.value)]);
  }
  return ok(Object.fromEntries(found));
}

const TOOL_FILES = ['tool.json', 'lock.json', 'go.mod', 'go.sum'];
