import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '@image-tooling/host';
import { valueOf } from '@image-tooling/testkit/helpers';

const MODULE = 'github.com/sigstore/cosign/v3';
const VERSION = 'v3.1.3';

/**
 * Returns cosign 3, compiled by the host's go with its own configuration: 20 minutes the first time.
 *
 * @param folder where it is kept
 */
export async function compiledCosign(folder: string): Promise<string> {
  const program = join(folder, `cosign-${VERSION}`);
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'go.mod'), 'module cosign-of-tests\n\ngo 1.26\n');
  const go = async (...args: readonly string[]) =>
    valueOf(await mustRun({ argv: ['nice', 'go', '-C', folder, ...args], timeoutSeconds: 3600 }));
  await go('get', '-tool', `${MODULE}/cmd/cosign@${VERSION}`);
  await go('build', '-trimpath', '-ldflags=-s -w', '-o', program, `${MODULE}/cmd/cosign`);
  return program;
}
