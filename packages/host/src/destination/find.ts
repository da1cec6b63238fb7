import { lstat, open, readlink, realpath, stat } from 'node:fs/promises';
import { constants, fstatSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { fail, ok, type Failed, type Result } from '@image-tooling/model';
import { caughtResult } from '../fault';
import { isErrno } from '../files';

/** The argument that means standard input or output. */
export const STDOUT = '-';

/** Standard output of a process or a test. */
export type StandardOutput = Writable & { readonly fd?: number; readonly isTTY?: boolean };

/**
 * The destination of a file that the user named: a regular file, which is replaced completely or not at all; standard
 * output; or an existing device or FIFO.
 */
export type Destination =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdout'; readonly stream: StandardOutput }
  | { readonly kind: 'special'; readonly path: string };

/**
 * Returns where to write the file that a user named, with links followed; writes nothing. `-`, and any path to the
 * same file as standard output, is standard output. Fails with `usage` for folders, sockets, disks and terminals, and
 * with `io` if the path can't be looked at.
 */
export async function findDestination(path: string, stdout: StandardOutput): Promise<Result<Destination>> {
  if (path === STDOUT) return toStdout(stdout);
  return caughtResult(path, async () => {
    const found = await statOf(path);
    if (!found) return ok({ kind: 'file', path: await endOfLinks(path) });
    if (isSame(found, stdout)) return toStdout(stdout);
    if (found.isFile()) return ok(await existingFile(path, found));
    return special(path, found);
  });
}

/** Whether a path that a user named is standard output: `-`, or the same file, pipe or device. */
export async function isStdout(path: string, stdout: StandardOutput): Promise<boolean> {
  if (path === STDOUT) return true;
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && isSame(found, stdout);
}

/**
 * Returns the folder that a user named, with links followed, so that a link to it stays. Fails with `usage` if
 * something else is there.
 */
export async function findFolder(path: string): Promise<Result<string>> {
  return caughtResult(path, async () => {
    const found = await statOf(path);
    if (!found || found.isDirectory()) return ok(await endOfLinks(path));
    return refused(`${path} is not a folder.`, 'Name a folder, or a path that does not exist yet.');
  });
}

function toStdout(stream: StandardOutput): Result<Destination> {
  return stream.isTTY ? toTerminal('Standard output') : ok({ kind: 'stdout', stream });
}

async function special(path: string, found: Stats): Promise<Result<Destination>> {
  if (found.isDirectory()) return refused(`${path} is a folder.`, 'Name a file.');
  if (found.isSocket())
    return refused(`${path} is a socket.`, 'Name a file, a FIFO, or - for standard output.');
  if (found.isBlockDevice()) return refused(`${path} is a disk.`, 'Name a file on it.');
  if (found.isCharacterDevice() && (await isTerminal(path))) return toTerminal(path);
  return ok({ kind: 'special', path });
}

/** A deleted file (open as `/proc/self/fd/3`) can only be written in place. */
async function existingFile(path: string, found: Stats): Promise<Destination> {
  const named = await realpath(path).catch(() => path);
  const at = await stat(named).catch(() => undefined);
  const isNamed = at?.ino === found.ino && at.dev === found.dev && (await lstat(named)).isFile();
  return isNamed ? { kind: 'file', path: named } : { kind: 'special', path };
}

/** Returns the path behind all links, also if the last target does not exist yet. */
async function endOfLinks(path: string): Promise<string> {
  const target = await readlink(path).catch(() => undefined);
  return target === undefined ? path : endOfLinks(resolve(dirname(path), target));
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isErrno(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isSame({ dev, ino }: Stats, { fd }: StandardOutput): boolean {
  if (fd === undefined) return false;
  try {
    const own = fstatSync(fd);
    return own.dev === dev && own.ino === ino;
  } catch {
    return false;
  }
}

async function isTerminal(path: string): Promise<boolean> {
  const handle = await open(path, constants.O_WRONLY | constants.O_NOCTTY);
  try {
    return isatty(handle.fd);
  } finally {
    await handle.close();
  }
}

function toTerminal(name: string): Failed {
  return refused(
    `${name} is a terminal: an archive is not text.`,
    'Name a file, or send it to a program: … | cat',
  );
}

function refused(message: string, hint: string): Failed {
  return fail({ code: 'usage', message, hint });
}
