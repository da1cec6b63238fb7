import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Result } from '@image-tooling/model';
import { runChild } from './child';
import { firstFiles, OWN_IMAGE, type Versions } from './files';
import type { Place } from './place';

/** What all steps need to run programs. */
export interface Around {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Writes the files that npm and Nx need to begin with. */
export async function writeFirstFiles({ draft, name }: Place, versions: Versions): Promise<void> {
  await mkdir(draft);
  for (const [path, text] of Object.entries(firstFiles(name, versions))) {
    await mkdir(dirname(join(draft, path)), { recursive: true });
    await writeFile(join(draft, path), text);
  }
}

/** Installs Nx, the plugin and the command, by the npm that runs us. */
export function install({ draft }: Place, { env, signal }: Around): Promise<Result<void>> {
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error'];
  return runChild({ argv: [...npm(env), ...args], cwd: draft, env, signal });
}

/** npm tells what it runs by which file it is; another package manager does so too, and is not meant. */
function npm({ npm_execpath: path }: NodeJS.ProcessEnv): [string, ...string[]] {
  return path?.endsWith('npm-cli.js') === true ? [process.execPath, path] : ['npm'];
}

/** Lets the plugin's generator add the rest, as in any workspace. */
export async function init({ draft }: Place, around: Around): Promise<Result<void>> {
  const args = ['generate', '@image-tooling/nx:init', '--skipInstall', '--no-interactive'];
  const made = await runChild({ argv: [...nxIn(draft), ...args], cwd: draft, ...quiet(around) });
  // It knows the folder by the name that it is not going to keep.
  await rm(join(draft, '.nx'), { recursive: true, force: true });
  return made;
}

/** Makes a Git repository of it, unless it is in one or there is no Git: that is no reason to fail. */
export async function initGit({ draft, hasGit }: Place, { env, signal }: Around): Promise<void> {
  if (hasGit) return;
  const inside = { cwd: dirname(draft), env, signal };
  const isInRepository = await runChild({ argv: ['git', 'rev-parse', '--is-inside-work-tree'], ...inside });
  if (isInRepository.ok) return;
  await runChild({ argv: ['git', 'init', '--quiet', '--initial-branch=main'], cwd: draft, env, signal });
}

/**
 * Resolves the versions of both images' packages, and lets the user see it. On a terminal Nx hands that through, but
 * with `--outputStyle=stream` leaves it in raw mode, where each line begins below the end of the last. Without a
 * terminal it is silent until the end unless it streams.
 */
export function lock({ folder }: Place, around: Around, isTerminal: boolean): Promise<Result<void>> {
  const args = ['run', `${OWN_IMAGE}:lock`, ...(isTerminal ? [] : ['--outputStyle=stream'])];
  return runChild({ argv: [...nxIn(folder), ...args], cwd: folder, ...quiet(around), isShown: true });
}

/** Run by this very Node: the path may have another, or none. */
function nxIn(folder: string): [string, string] {
  return [process.execPath, join(folder, 'node_modules', '.bin', 'nx')];
}

/** No daemon: it would outlive the folder that it watches. */
function quiet({ env, signal }: Around): Around {
  return { env: { ...env, NX_DAEMON: 'false', NX_TUI: 'false' }, signal };
}
