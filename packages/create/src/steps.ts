import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Result } from '@image-tooling/model';
import { runChild } from './child';
import { firstFiles, OWN_IMAGE, type Versions } from './files';
import type { Place } from './place';

/** The environment of all steps. */
export interface Around {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Writes the files that npm and Nx need first. */
export async function writeFirstFiles({ draft, name }: Place, versions: Versions): Promise<void> {
  await mkdir(draft);
  for (const [path, text] of Object.entries(firstFiles(name, versions))) {
    await mkdir(dirname(join(draft, path)), { recursive: true });
    await writeFile(join(draft, path), text);
  }
}

/** Installs Nx, the plugin and the command, with the npm that started this program. */
export function install({ draft }: Place, { env, signal }: Around): Promise<Result<void>> {
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error'];
  return runChild({ argv: [...npm(env), ...args], cwd: draft, env, signal });
}

/** npm passes the path of its own file; other package managers do so too, and are ignored. */
function npm({ npm_execpath: path }: NodeJS.ProcessEnv): [string, ...string[]] {
  return path?.endsWith('npm-cli.js') === true ? [process.execPath, path] : ['npm'];
}

/** Adds the rest with the plugin's generator, as in any workspace. */
export async function init({ draft }: Place, around: Around): Promise<Result<void>> {
  const args = ['generate', '@image-tooling/nx:init', '--skipInstall', '--no-interactive'];
  const made = await runChild({ argv: [...nxIn(draft), ...args], cwd: draft, ...quiet(around) });
  // It has the temporary name of the folder.
  await rm(join(draft, '.nx'), { recursive: true, force: true });
  return made;
}

/** Makes it a Git repository, unless it is in one or there is no Git, which is not an error. */
export async function initGit({ draft, hasGit }: Place, { env, signal }: Around): Promise<void> {
  if (hasGit) return;
  const inside = { cwd: dirname(draft), env, signal };
  const isInRepository = await runChild({ argv: ['git', 'rev-parse', '--is-inside-work-tree'], ...inside });
  if (isInRepository.ok) return;
  await runChild({ argv: ['git', 'init', '--quiet', '--initial-branch=main'], cwd: draft, env, signal });
}

/**
 * Resolves the versions of both images' packages, and shows the output. On a terminal Nx passes it through,
 * but with `--outputStyle=stream` leaves it in raw mode, where each line begins below the end of the last.
 * Without a terminal it is silent until the end unless it streams.
 */
export function lock({ folder }: Place, around: Around, isTerminal: boolean): Promise<Result<void>> {
  const args = ['run', `${OWN_IMAGE}:lock`, ...(isTerminal ? [] : ['--outputStyle=stream'])];
  return runChild({ argv: [...nxIn(folder), ...args], cwd: folder, ...quiet(around), isShown: true });
}

/** Runs Nx with this Node: PATH may have another one, or none. */
function nxIn(folder: string): [string, string] {
  return [process.execPath, join(folder, 'node_modules', '.bin', 'nx')];
}

/** Disables the daemon: it would keep running after its folder is moved. */
function quiet({ env, signal }: Around): Around {
  return { env: { ...env, NX_DAEMON: 'false', NX_TUI: 'false' }, signal };
}
