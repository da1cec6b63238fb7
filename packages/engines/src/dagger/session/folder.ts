import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { lastLines, pidNamespace, type ProcessId } from '@image-tooling/host';
import type { EnginePlace } from '../place/types';
import { CLI_BIN, type Environment } from '../environment';
import type { SessionAddress } from './post';

/** What `session.json` holds: how to join, and what to tell about it. Readable by this user alone. */
export interface SessionRecord extends SessionAddress {
  readonly engineVersion: string;
}

/** Below the store: one folder for each session, and the locks. */
export function sessionsIn(storeRoot: string): string {
  return join(storeRoot, 'engine', 'dagger', 'sessions');
}

/**
 * The beginning of a session folder's name: who owns it, and which engine it is with. Only a task that wants the
 * same of the same run joins it.
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

/** The process a session folder was made for; undefined for other names, and for other pid namespaces. */
export function ownerIn(name: string): ProcessId | undefined {
  const [pid, start, namespace, , random] = name.split('-');
  if (!start || random === undefined || namespace !== pidNamespace()) return undefined;
  return { pid: Number(pid), start };
}

/** The keeper of a folder; undefined before it has started. */
export function keeperOf(folder: string): ProcessId | undefined {
  const [pid, start] = read(join(folder, 'keeper'))?.trim().split(' ') ?? [];
  return pid && start ? { pid: Number(pid), start } : undefined;
}

/** The id that `dagger session` was started with. */
export function daggerOf(folder: string): number | undefined {
  const pid = Number(read(join(folder, 'dagger')));
  return pid > 1 ? pid : undefined;
}

/** Whether `dagger session` has ended, whatever the reason. */
export function hasEnded(folder: string): boolean {
  return read(join(folder, 'ended')) !== undefined;
}

/** What `dagger session` printed; undefined before it has. */
export function answerIn(folder: string): SessionAddress | undefined {
  const text = read(join(folder, 'answer'));
  if (!text?.includes('\n')) return undefined;
  const { port, session_token: token } = parse(text) as { port?: unknown; session_token?: unknown };
  return typeof port === 'number' && typeof token === 'string' ? { port, token } : undefined;
}

/** Returns how to join a folder's session; undefined before it is known, and for what another version wrote. */
export function recordIn(folder: string): SessionRecord | undefined {
  const text = read(join(folder, 'session.json'));
  const record: unknown = text === undefined ? undefined : parse(text);
  return isRecord(record) ? record : undefined;
}

function isRecord(value: unknown): value is SessionRecord {
  const { port, token, engineVersion } = Object(value) as Partial<Record<keyof SessionRecord, unknown>>;
  return typeof port === 'number' && typeof token === 'string' && typeof engineVersion === 'string';
}

/** The last lines of its progress. */
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
