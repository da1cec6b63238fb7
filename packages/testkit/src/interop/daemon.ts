import { setTimeout as sleep } from 'node:timers/promises';
import { run, start } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';

/** A daemon that was started for us alone. */
export interface Daemon {
  /** SIGTERM, and SIGKILL if it has not ended after ten seconds. */
  stop(): Promise<void>;
}

export interface DaemonRequest {
  readonly argv: readonly [string, ...string[]];
  /** Ends with 0 once the daemon answers. */
  readonly question: readonly [string, ...string[]];
}

const SECONDS_TO_ANSWER = 30;
/** prctl(2), PR_SET_PDEATHSIG: a test that is killed leaves no daemon. */
const DIES_WITH_US = ['setpriv', '--pdeathsig', 'SIGTERM'] as const;

/**
 * Starts a daemon and waits until it answers. Fails with `command-missing`, `command-failed` or `timeout`.
 */
export async function startDaemon({ argv, question }: DaemonRequest): Promise<Result<Daemon>> {
  const stopped = new AbortController();
  const started = await start({ argv: [...DIES_WITH_US, ...argv], signal: stopped.signal, graceSeconds: 10 });
  if (!started.ok) return started;
  const { ended, stdout } = started.value;
  stdout.resume();
  const stop = async (): Promise<void> => {
    stopped.abort();
    await ended;
  };
  const early = ended.then((end) => (end.ok ? end.value.stderr : ''));
  const answer = await Promise.race([answers(question), early]);
  if (answer === true) return ok({ stop });
  await stop();
  const details = typeof answer === 'string' ? answer.trim().split('\n').slice(-10) : [];
  const how = typeof answer === 'string' ? 'ended' : `said nothing for ${SECONDS_TO_ANSWER} s`;
  return fail({ code: 'command-failed', message: `${argv[0]} was started and ${how}.`, details });
}

async function answers(argv: readonly [string, ...string[]]): Promise<boolean> {
  const until = performance.now() + SECONDS_TO_ANSWER * 1000;
  while (performance.now() < until) {
    const asked = await run({ argv, timeoutSeconds: 5 });
    if (asked.ok && asked.value.exitCode === 0) return true;
    await sleep(100);
  }
  return false;
}
