import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { lastLines, pidNamespace, type ProcessId } from '@image-tooling/host';
import type { EnginePlace } from '../place/types';
import { CLI_BIN, type Environment } from '../environment';
import type { SessionAddress } from '../query/post';

/** The content of `session.json`: how to join, and its description. Only this user can read it. */
export interface SessionRecord extends SessionAddress {
  readonly engineVersion: string;
}

/** Returns the folder below the store with one folder for each session, and the locks. */
export function sessionsIn(storeRoot: string): string {
  return join(storeRoot, 'engine', 'dagger', 'sessions');
}

/**
 * Returns the prefix of a session folder's name, by owner and engine. Only tasks of the same run that want
 * the same engine join it.
 */
export function namePrefix(owner: ProcessId, place: EnginePlace, env: Environment): string {
  const wanted = JSON.stringify([
    place.kind,
    place.origin,
    place.kind === 'runner' && place.address,
    env[CLI_BIN],
  ]);
  const hash = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  return `${owner.pid}-${owner.start}-${pidNamespace()}-${hash}-`;
}

export function newName(prefix: string): string {
  return prefix + randomBytes(4).toString('hex');
}

/**
 * Returns the process that a session folder was made for; undefined for other names, and for other pid
 * namespaces.
 */
export function ownerIn(name: string): ProcessId | undefined {
  const [pid, start, namespace, , random] = name.split('-');
  if (!start || random === undefined || namespace !== pidNamespace()) return undefined;
  return { pid: Number(pid), start };
}

/** Returns the keeper of a folder; undefined before it has started. */
export function keeperOf(folder: string): ProcessId | undefined {
  const [pid, start] = read(join(folder, 'keeper'))?.trim().split(' ') ?? [];
  return pid && start ? { pid: Number(pid), start } : undefined;
}

/** Returns the process id of `dagger session`. */
export function daggerOf(folder: string): number | undefined {
  const pid = Number(read(join(folder, 'dagger')));
  return pid > 1 ? pid : undefined;
}

/** Returns whether `dagger session` has ended, for any reason. */
export function hasEnded(folder: string): boolean {
  return read(join(folder, 'ended')) !== undefined;
}

/** Returns the output of `dagger session`; undefined before there is any. */
export function answerIn(folder: string): SessionAddress | undefined {
  const text = read(join(folder, 'answer'));
  if (!text?.includes('\n')) return undefined;
  const { port, session_token: token } = parse(text) as { port?: unknown; session_token?: unknown };
  return typeof port === 'number' && typeof token === 'string' ? { port, token } : undefined;
}

/**
 * Returns how to join a folder's session; undefined before it is known, and for a file of another version.
 */
export function recordIn(folder: string): SessionRecord | undefined {
  const text = read(join(folder, 'session.json'));
  const record: unknown = text === undefined ? undefined : parse(text);
  return isRecord(record) ? record : undefined;
}

function isRecord(value: unknown): value is SessionRecord {
  const { port, token, engineVersion } = Object(value) as Partial<Record<keyof SessionRecord, unknown>>;
  return typeof port === 'number' && typeof token === 'string' && typeof engineVersion === 'string';
}

/** Returns the last lines of its progress. */
export function logOf(folder: string, count: number): string[] {
  const text = stripVTControlCharacters(read(join(folder, 'log')) ?? '');
  return lastLines(
    text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .join('\n'),
    count,
  );
}

function parse(text: string): object {
  try {
    return (JSON.parse(text) as object | null) ?? {};
  } catch {
    return {};
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
