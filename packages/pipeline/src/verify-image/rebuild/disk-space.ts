import { freeBytes } from '@image-tooling/host';
import { bytesText, chainOf, chooseSource, counted, type Image } from '@image-tooling/model';
import type { Session } from '../../session';

/** All that a rebuild of tooling-k8s with six Go tools wrote: 11 GB (docs/benchmarks.md), most of it Go's caches. */
const BYTES_PER_GO_TOOL = 1.8e9;

/**
 * Notes if the disk of the store may be too small to compile an image's Go tools. This is an estimate, and no reason to
 * fail: tools differ, and share modules.
 *
 * @param free returns the free bytes of a folder's disk; undefined: unknown
 */
export async function noteDiskSpace(
  { store, toolSource, context }: Pick<Session, 'store' | 'toolSource' | 'context'>,
  image: Image,
  free = freeBytes,
): Promise<void> {
  const tools = chainOf(image).flatMap((one) => one.tools);
  const compiled = tools.filter(({ definition }) => chooseSource(definition, toolSource) === 'go').length;
  const there = await free(store.root);
  const needed = compiled * BYTES_PER_GO_TOOL;
  if (there === undefined || there >= needed) return;
  context.progress.note(
    `${image.name}: the disk of the store may be too small: compiling ${counted(compiled, 'Go tool')} takes about ${bytesText(needed)}, ${bytesText(there)} are free. Set IMAGE_STORE to a folder on another disk, or use --rebuild=system.`,
  );
}
