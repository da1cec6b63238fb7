import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Returns a file of the SDK, below its `dist/src`. Its exports map only has the whole package, whose import
 * takes two seconds.
 */
export function sdkFile(path: string): string {
  return join(dirname(createRequire(__filename).resolve('@dagger.io/dagger')), path);
}
