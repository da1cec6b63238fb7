import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { archOf, platformOfNode } from '@image-tooling/model';
import type { OsvEntry } from '@image-tooling/scan';
import { ensureGoToolchain, goPaths, offlineEnvironment, runGo } from '@image-tooling/sources/go';
import { fillGoStore } from '@image-tooling/testkit';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { inject } from 'vitest';

export const MODULE = 'example.invalid/word';
export const CALLED = [1, 5, 9, 13, 17];
export const PLATFORM = platformOfNode(process.arch) ?? 'linux/amd64';

/** A library of 20 functions and methods, and a program that calls five of them. */
const FILES = {
  'go.mod': `module example.invalid/say\n\ngo 1.24\n\nrequire ${MODULE} v1.0.0\n`,
  'main.go': `package main\n\nimport "${MODULE}"\n\nfunc main() {\n${CALLED.map((n) => `\tword.F${n}()`).join('\n')}\n}\n`,
  'vendor/modules.txt': `# ${MODULE} v1.0.0\n## explicit; go 1.24\n${MODULE}\n`,
  [`vendor/${MODULE}/word.go`]: `package word\n\nimport "os"\n\n${Array.from({ length: 20 }, (_, n) => `func F${n}() { os.Stdout.WriteString("${n}") }`).join('\n')}\n`,
};

/** 20 vulnerabilities, one for each function. */
export const ENTRIES: OsvEntry[] = Array.from({ length: 20 }, (_, n) => ({
  id: `GO-2026-${2000 + n}`,
  affected: [
    {
      package: { ecosystem: 'Go', name: MODULE },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.1.0' }] }],
      ecosystem_specific: { imports: [{ path: MODULE, symbols: [`F${n}`] }] },
    },
  ],
}));

/**
 * Compiles a program as tools are compiled: stripped.
 *
 * @param files of its module; default: the program above
 */
export async function compiledProgram(
  folder: string,
  files: Readonly<Record<string, string>> = FILES,
): Promise<Buffer> {
  const { store, toolchain } = await goToolchain();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, 'say', name, '..'), { recursive: true });
    await writeFile(join(folder, 'say', name), text);
  }
  const built = await runGo({
    toolchain,
    args: ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', join(folder, 'program'), '.'],
    folder: join(folder, 'say'),
    env: offlineEnvironment(toolchain, goPaths(store), { home: folder, arch: archOf(PLATFORM) }),
    tool: 'say',
    phase: 'compile',
    signal: CONTEXT.signal,
    timeoutSeconds: 200,
  });
  valueOf(built);
  return readFile(join(folder, 'program'));
}

const CONTEXT = { signal: new AbortController().signal, progress: SILENT };

/** Returns Go's toolchain, and the store that it is in. */
export async function goToolchain() {
  const store = join(inject('sharedFolder'), 'go-store');
  await fillGoStore(store);
  const found = await ensureGoToolchain({ cache: store, context: CONTEXT, hostEnv: process.env });
  return { store, toolchain: valueOf(found) };
}
