import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { caught, redact, writeFileAtomic } from '@image-tooling/host';
import { fail, ok, type Failed, type Failure, type Result } from '@image-tooling/model';
import { findCli } from '../cli';
import type { EnginePlace, OpenSession } from '../place/types';
import { ask } from '../query/ask';
import type { SessionAddress } from '../query/post';
import type { FoundSession } from './find';
import { answerIn, hasEnded, logOf, newName, sessionsIn } from './folder';
import { removeLeftovers, startKeeper, stopKeeper } from './keeper';
import { openingOf, type Opening } from './opening';
import type { Owner } from './owner';
import type { SessionOptions } from '../session-types';

export interface StartRequest extends SessionOptions {
  readonly place: Exclude<EnginePlace, OpenSession>;
  readonly owner: Owner;
  readonly prefix: string;
}

const POLL_MS = 20;
const LOG_LINES = 12;

/** Starts a session that ends with its owner. Fails with `no-engine`, `timeout`, `disk-full`, `io` or `aborted`. */
export async function startSession(request: StartRequest): Promise<Result<FoundSession>> {
  const sessions = sessionsIn(request.storeRoot);
  const cli = await findCli(request);
  if (!cli.ok) return cli;
  const folder = join(sessions, newName(request.prefix));
  const opening = openingOf(request.place, cli.value, request.env);
  const started = await caught(sessions, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeLeftovers(sessions);
    await startKeeper({ folder, owner: request.owner, program: cli.value.path, env: opening.env });
  });
  if (!started.ok) return started;
  const step = opening.label === undefined ? undefined : request.progress?.step(opening.label);
  const opened = await open(folder, opening, request.signal, (line) => step?.status(line));
  if (opened.ok) step?.done({ origin: 'fetched' });
  else {
    step?.failed();
    stopKeeper(folder);
  }
  return opened;
}

async function open(
  folder: string,
  opening: Opening,
  signal: AbortSignal | undefined,
  onStatus: (line: string) => void,
): Promise<Result<FoundSession>> {
  const address = await waitForAnswer(folder, opening, signal, onStatus);
  if (!address.ok) return address;
  const answer = await ask(address.value, signal);
  if (signal?.aborted) return stopped();
  if (answer.kind !== 'version') return fail(failureOf(folder, opening, answer.cause, [address.value.token]));
  const record = { ...address.value, engineVersion: answer.version };
  const written = await writeFileAtomic(join(folder, 'session.json'), JSON.stringify(record), 0o600);
  return written.ok ? ok({ folder, record }) : written;
}

async function waitForAnswer(
  folder: string,
  opening: Opening,
  signal: AbortSignal | undefined,
  onStatus: (line: string) => void,
): Promise<Result<SessionAddress>> {
  const end = Date.now() + opening.seconds * 1000;
  let shown = '';
  while (Date.now() < end) {
    if (signal?.aborted) return stopped();
    const address = answerIn(folder);
    if (address) return ok(address);
    if (hasEnded(folder)) {
      // Its last lines are on their way into the log.
      await sleep(5 * POLL_MS);
      return fail(failureOf(folder, opening, '"dagger session" ended'));
    }
    const [line = ''] = logOf(folder, 1);
    if (line !== shown) onStatus(line);
    shown = line;
    await sleep(POLL_MS);
  }
  const cause = `"dagger session" was not ready within ${opening.seconds} s`;
  return fail({ ...failureOf(folder, opening, cause), code: 'timeout' });
}

function failureOf(
  folder: string,
  opening: Opening,
  cause: string,
  secrets: readonly string[] = [],
): Failure {
  return {
    code: 'no-engine',
    message: `No session with the Dagger engine (${opening.origin}): ${cause}.`,
    hint: `${opening.remedy}, or set IMAGE_ENGINE=buildah.`,
    details: logOf(folder, LOG_LINES).map((line) => redact(line, secrets)),
  };
}

function stopped(): Failed {
  return fail({ code: 'aborted', message: 'Stopped while a session with the Dagger engine was opened.' });
}
