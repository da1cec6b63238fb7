import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from '../query/ask';
import { hasEnded, recordIn, type SessionRecord } from './folder';
import { keeperLives, stopKeeper } from './keeper';

export interface FoundSession {
  readonly folder: string;
  readonly record: SessionRecord;
}

/** Returns a session of this run that answers. Retires those that do not. */
export async function findSession(
  sessions: string,
  prefix: string,
  signal?: AbortSignal,
): Promise<FoundSession | undefined> {
  for (const name of namesIn(sessions)) {
    const folder = join(sessions, name);
    const record = name.startsWith(prefix) ? recordIn(folder) : undefined;
    if (!record || hasEnded(folder) || !keeperLives(folder)) continue;
    const answer = await ask(record, signal);
    if (signal?.aborted) return undefined;
    if (answer.kind === 'version') return { folder, record };
    retire(folder, answer.kind === 'silent');
  }
  return undefined;
}

/**
 * Prevents other tasks from joining. Keeps a slow session, which may still be running a step of another task.
 */
function retire(folder: string, keep: boolean): void {
  try {
    renameSync(join(folder, 'session.json'), join(folder, 'retired.json'));
  } catch {
    // Another task did it.
  }
  if (!keep) stopKeeper(folder);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
