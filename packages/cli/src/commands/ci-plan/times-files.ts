import { resolve } from 'node:path';
import { readRegularFile } from '@image-tooling/host';
import { failWith, ok, type Failure, type Result } from '@image-tooling/model';

/** Bytes of the largest run.json that is read: a run of a thousand tasks has 300 KB. */
const MOST_BYTES = 16 * 1024 ** 2;

/** Returns the texts of the files that exist: the first run of a pipeline has none. Fails as reading does. */
export async function readTimesFiles(root: string, files: readonly string[]): Promise<Result<string[]>> {
  const read = await Promise.all(files.map((file) => readRegularFile(resolve(root, file), MOST_BYTES)));
  const failures = read.flatMap((one): readonly Failure[] => (one.ok ? [] : one.failures));
  if (failures.length > 0) return failWith(failures);
  return ok(read.flatMap((one) => (one.ok && one.value ? [one.value.toString()] : [])));
}
