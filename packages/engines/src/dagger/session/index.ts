import { join } from 'node:path';
import { withLock } from '@image-tooling/host';
import { ok, type Result } from '@image-tooling/model';
import type { EnginePlace, OpenSession } from '../place/types';
import { findSession, type FoundSession } from './find';
import { namePrefix, sessionsIn } from './folder';
import { stopKeeper } from './keeper';
import { findOwner } from './owner';
import { startSession } from './start';
import type { DaggerSession, SessionOptions } from '../session-types';

export type * from '../session-types';

/**
 * Opens or joins a session with the engine at a place. All tasks of an Nx run share one: the first opens it,
 * and it ends with nx, however that ends. Outside of Nx, it belongs to this process, and ends with it or with
 * `close`. Fails with `no-engine`, `timeout`, `disk-full`, `io` or `aborted`. Linux only.
 */
export async function joinSession(
  options: SessionOptions,
  place: EnginePlace,
): Promise<Result<DaggerSession>> {
  if (place.kind === 'session') return ok({ ...withoutKind(place), close: async () => undefined });
  const owner = findOwner(options.env);
  const request = { ...options, place, owner, prefix: namePrefix(owner, place, options.env) };
  if (owner.shared) {
    const joined = await joinOrStart(request);
    return joined.ok ? ok(sessionOf(joined.value, place, async () => undefined)) : joined;
  }
  const started = await startSession(request);
  if (!started.ok) return started;
  const { folder } = started.value;
  return ok(sessionOf(started.value, place, async () => stopKeeper(folder)));
}

async function joinOrStart(request: Parameters<typeof startSession>[0]): Promise<Result<FoundSession>> {
  const { storeRoot, prefix, signal } = request;
  const sessions = sessionsIn(storeRoot);
  const find = (): Promise<FoundSession | undefined> => findSession(sessions, prefix, signal);
  const found = await find();
  if (found) return ok(found);
  return withLock(join(sessions, '..', 'start.lock'), signal ?? new AbortController().signal, async () => {
    const opened = await find();
    return opened ? ok(opened) : startSession(request);
  });
}

function sessionOf(
  { record }: FoundSession,
  { origin }: EnginePlace,
  close: () => Promise<void>,
): DaggerSession {
  return { ...record, origin, close };
}

function withoutKind({ port, token, engineVersion, origin }: OpenSession): Omit<DaggerSession, 'close'> {
  return { port, token, engineVersion, origin };
}
