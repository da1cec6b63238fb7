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
  /** A command that ends with 0 once the daemon answers, or what returns whether it does. */
  readonly question: readonly [string, ...string[]] | (() => Promise<boolean>);
  readonly env?: NodeJS.ProcessEnv;
  /** Default: 30. */
  readonly secondsToAnswer?: number;
}

/** prctl(2), PR_SET_PDEATHSIG: a test that is killed leaves no daemon. */
const DIES_WITH_US = ['setpriv', '--pdeathsig', 'SIGTERM'] as const;

/**
 * Starts a daemon and waits until it answers. Fails with `command-missing`, `command-failed` or `timeout`.
 */
export async function startDaemon(request: DaemonRequest): Promise<Result<Daemon>> {
  const { argv, question, env, secondsToAnswer = 30 } = request;
  const stopped = new AbortController();
  const started = await start({
    argv: [...DIES_WITH_US, ...argv],
    env,
    signal: stopped.signal,
    graceSeconds: 10,
  });
  if (!started.ok) return started;
  const { ended, stdout } = started.value;
  stdout.resume();
  const stop = async (): Promise<void> => {
    stopped.abort();
    await ended;
  };
  const early = ended.then((end) => (end.ok ? end.value.stderr : ''));
  const ask = typeof question === 'function' ? question : () => succeeds(question);
  const answer = await Promise.race([answers(ask, secondsToAnswer), early]);
  if (answer === true) return ok({ stop });
  await stop();
  const details = typeof answer === 'string' ? answer.trim().split('\n').slice(-10) : [];
  const how = typeof answer === 'string' ? 'ended' : `said nothing for ${secondsToAnswer} s`;
  return fail({ code: 'command-failed', message: `${argv[0]} was started and ${how}.`, details });
}

async function answers(ask: () => Promise<boolean>, seconds: number): Promise<boolean> {
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    if (await ask()) return true;
    await sleep(100);
  }
  return false;
}

async function succeeds(argv: readonly [string, ...string[]]): Promise<boolean> {
  const asked = await run({ argv, timeoutSeconds: 5 });
  return asked.ok && asked.value.exitCode === 0;
}
