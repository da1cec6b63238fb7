import { writeFile } from 'node:fs/promises';
import { caught } from '@image-tooling/host';
import { ok, type Result } from '@image-tooling/model';
import type { Rootfs } from './rootfs';
import type { Sandbox } from './sandbox';

/** Type, mode, user, group and path of everything in a folder; paths are byte strings. */
const LIST_UPPER = `cd -- "$1" && exec find . -mindepth 1 -printf '%y %m %U %G %P\\0'`;

/** The same for the paths in a file, for each folder; a single `/` ends the list of a folder. */
const LIST_LOWERS = `
paths=$1; shift
for lower; do
  cd -- "$lower" && xargs -0 -r -a "$paths" sh -c 'exec find "$@" -maxdepth 0 -printf "%y %m %U %G %p\\0"' - 2> /dev/null
  printf '/\\0'
done
`;

interface Found {
  readonly isFolder: boolean;
  /** Type, mode and owners in one. */
  readonly traits: string;
}

/** The state of an upper folder's folders in the layers below. */
export interface Below {
  /**
   * Folders without any change: same owner and mode as below. An overlay creates them as soon as a file in
   * them is opened for writing, or created and removed again.
   */
  readonly untouched: ReadonlySet<string>;
  /** Folders that exist in the layers below. */
  readonly known: ReadonlySet<string>;
}

/** Compares an upper folder with the lower ones. */
export async function compareWithBelow(
  rootfs: Rootfs,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<Result<Below>> {
  const upper = await output(sandbox, ['sh', '-c', LIST_UPPER, 'sh', rootfs.upper], signal);
  if (!upper.ok) return upper;
  const changed = foundIn(upper.value.split('\0'));
  const folders = [...changed].filter(([, { isFolder }]) => isFolder).map(([path]) => path);
  const paths = `${rootfs.upper}.paths`;
  const list = folders.map((path) => `./${path}\0`).join('');
  const written = await caught(paths, () => writeFile(paths, list, 'latin1'));
  if (!written.ok) return written;
  const lowers = await output(sandbox, ['sh', '-c', LIST_LOWERS, 'sh', paths, ...rootfs.lowers], signal);
  if (!lowers.ok) return lowers;
  const found = perFolder(lowers.value);
  const below = new Map(folders.map((path) => [path, traitsBelow(path, found)]));
  const known = new Set(folders.filter((path) => below.get(path) !== undefined));
  return ok({ untouched: findUntouched(changed, folders, below), known });
}

/**
 * Returns untouched folders, deepest first: the same traits as below, and all their entries are untouched.
 */
function findUntouched(
  changed: ReadonlyMap<string, Found>,
  folders: readonly string[],
  below: ReadonlyMap<string, string | undefined>,
): Set<string> {
  const holdsChange = new Set<string>();
  for (const [path, { isFolder }] of changed) if (!isFolder) holdsChange.add(parentOf(path));
  const untouched = new Set<string>();
  const deepFirst = [...folders].sort((a, b) => depthOf(b) - depthOf(a));
  for (const path of deepFirst) {
    const isSame = changed.get(path)?.traits === below.get(path);
    if (isSame && !holdsChange.has(path)) untouched.add(path);
    else holdsChange.add(parentOf(path));
  }
  return untouched;
}

/** Returns the traits of the topmost folder at this path; undefined if there is no folder. */
function traitsBelow(path: string, lowers: readonly ReadonlyMap<string, Found>[]): string | undefined {
  for (const lower of lowers) {
    const found = lower.get(path);
    if (found) return found.isFolder ? found.traits : undefined;
    const hidden = ancestorsOf(path).some((ancestor) => lower.get(ancestor)?.isFolder === false);
    if (hidden) return undefined;
  }
  return undefined;
}

function perFolder(text: string): Map<string, Found>[] {
  const folders: string[][] = [[]];
  for (const line of text.split('\0')) {
    if (line === '/') folders.push([]);
    else folders.at(-1)?.push(line);
  }
  return folders.map(foundIn);
}

function foundIn(lines: readonly string[]): Map<string, Found> {
  const found = new Map<string, Found>();
  for (const line of lines.filter((text) => text !== '')) {
    const [type = '', mode = '', user = '', group = ''] = line.split(' ', 4);
    const traits = `${type} ${mode} ${user} ${group}`;
    found.set(line.slice(traits.length + 1).replace(/^\.\//, ''), { isFolder: type === 'd', traits });
  }
  return found;
}

async function output(
  sandbox: Sandbox,
  argv: [string, ...string[]],
  signal: AbortSignal,
): Promise<Result<string>> {
  const program = await sandbox.start(argv, { signal });
  if (!program.ok) return program;
  const chunks: Buffer[] = [];
  program.value.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const end = await program.value.ended;
  return end.ok ? ok(Buffer.concat(chunks).toString('latin1')) : end;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function depthOf(path: string): number {
  return path.split('/').length;
}

function ancestorsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
