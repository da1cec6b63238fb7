import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Result } from '@image-tooling/model';
import { caught, mapConcurrent } from '@image-tooling/host';
import type { LinkedModule } from '../packages';
import type { Toolchain } from '../installed-toolchain';

/** A licence or notice file of a tool. */
export interface LicenceFile {
  /** `<module>@<version>/<path in the module>`; the standard library's are under `go@<version>`. */
  readonly path: string;
  readonly content: Uint8Array;
}

/**
 * Names of licence and notice files in Go modules: LICENSE, LICENCE.txt, NOTICE, COPYING.LESSER, PATENTS …
 */
const TERMS = /^(?:LICEN[CS]ES?|NOTICES?|COPYING|COPYRIGHT|PATENTS|UNLICENSE)(?:[.\-_].*)?$/i;
const SOURCE = /\.go$/i;

/**
 * Returns the licence and notice files of every module that is linked into a program, and of the standard
 * library: those at a module's root, in the folders of linked packages, and between the two. Sorted by path.
 * Fails with `io`.
 */
export function collectLicences(
  modules: readonly LinkedModule[],
  toolchain: Toolchain,
): Promise<Result<LicenceFile[]>> {
  return caught('licence files', async () => {
    const files = [
      ...(await toolchainTerms(toolchain)),
      ...(await mapConcurrent(modules, moduleTerms)).flat(),
    ];
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  });
}

function toolchainTerms(toolchain: Toolchain): Promise<LicenceFile[]> {
  return termsIn(toolchain.licences, toolchain.licences, `go@${toolchain.version}`);
}

async function moduleTerms(module: LinkedModule): Promise<LicenceFile[]> {
  const name = `${module.path}@${module.version}`;
  const found: LicenceFile[] = [];
  for (const folder of foldersUpToRoot(module)) found.push(...(await termsIn(folder, module.folder, name)));
  return found;
}

function foldersUpToRoot(module: LinkedModule): Set<string> {
  const folders = new Set([module.folder]);
  for (const start of module.packages)
    for (let folder = start; !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  return folders;
}

async function termsIn(folder: string, root: string, name: string): Promise<LicenceFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter(
    (entry) => entry.isFile() && TERMS.test(entry.name) && !SOURCE.test(entry.name),
  );
  const found: LicenceFile[] = [];
  for (const entry of files) {
    const path = join(folder, entry.name);
    found.push({ path: join(name, relative(root, path)), content: await readFile(path) });
  }
  return found;
}
