import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A module version to be served: its files by path, go.mod among them. */
export interface ProxiedModule {
  readonly path: string;
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
  /** RFC 3339. Default 2026-01-31T12:00:00Z. */
  readonly time?: string;
}

/**
 * Writes modules into `folder` as a Go module proxy serves them ("Go Modules Reference", GOPROXY protocol):
 * GOPROXY=file://<folder> reads it. All paths are in lower case, so none needs escaping.
 */
export async function writeProxy(folder: string, modules: readonly ProxiedModule[]): Promise<void> {
  for (const module of modules) await writeModule(folder, module);
}

async function writeModule(folder: string, { path, version, files, time }: ProxiedModule): Promise<void> {
  const versions = join(folder, path, '@v');
  const work = join(folder, '.work');
  const root = `${path}@${version}`;
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(work, root, file)), { recursive: true });
    await writeFile(join(work, root, file), content);
  }
  await mkdir(versions, { recursive: true });
  await writeFile(join(versions, `${version}.mod`), files['go.mod'] ?? '');
  await writeFile(
    join(versions, `${version}.info`),
    JSON.stringify({ Version: version, Time: time ?? '2026-01-31T12:00:00Z' }),
  );
  await writeFile(join(versions, 'list'), await listedVersions(versions));
  await rm(join(versions, `${version}.zip`), { force: true });
  execFileSync('python3', ['-c', ZIP, join(versions, `${version}.zip`), root], { cwd: work });
  await rm(work, { recursive: true });
}

async function listedVersions(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.info')).sort();
  return names.map((name) => `${name.slice(0, -'.info'.length)}\n`).join('');
}

/** Go takes module zips without entries for folders only; `python3 -m zipfile -c` writes those. */
const ZIP = `
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as archive:
    for folder, _, names in os.walk(sys.argv[2]):
        for name in names: archive.write(os.path.join(folder, name))
`;
