import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mapConcurrent } from '@image-tooling/host';
import type { UncompiledPackage } from '../packages';

/** What a package costs besides the bytes of its files. */
const PACKAGE_BYTES = 50_000;

/**
 * Returns how much work each package is to compile, by import path: the bytes of its Go files, and a constant
 * for starting the compiler and reading imports. Measured with yq, Go 1.27: 0.07 s of CPU time for a package
 * and 1.4 s for a megabyte.
 */
export async function compileWeights(
  packages: readonly UncompiledPackage[],
): Promise<ReadonlyMap<string, number>> {
  const weights = await mapConcurrent(packages, async ({ folder, importPath, files }) => {
    const sizes = await Promise.all(files.map((file) => sizeOf(join(folder, file))));
    return [importPath, sizes.reduce((sum, size) => sum + size, PACKAGE_BYTES)] as const;
  });
  return new Map(weights);
}

/** For a file that can't be read, the compiler says what is wrong. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
