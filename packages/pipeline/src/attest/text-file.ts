import { readRegularFile } from '@image-tooling/host';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';

/** Far more than a key or a trusted root has. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Returns the text of a file with a key or a trusted root. Fails with `missing` without the file, and as reading does. */
export async function readTextFile(file: string, missing: Failure): Promise<Result<string>> {
  const read = await readRegularFile(file, MOST_BYTES);
  if (!read.ok) return read;
  return read.value ? ok(read.value.toString()) : fail(missing);
}
