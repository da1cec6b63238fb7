import type { ChildProcess } from 'node:child_process';
import { fail, ok, type Result } from '@image-tooling/model/result';
import { run } from './run';
import { exitCodeOf, spawnProgram, type Argv, type Environment } from './spawn';
import { startFailure } from './start-failure';
import { abortedFailure, killAfterGrace } from './stop';

export interface ForegroundProgram {
  readonly argv: Argv;
  readonly cwd?: string;
  /** The whole environment; default: this process's own. */
  readonly env?: Environment;
  readonly signal?: AbortSignal;
  /** Signals that are sent on to the program, instead of ending this process. */
  readonly forwards?: readonly NodeJS.Signals[];
  /** Signals that don't end this process: the program ends by them, as Ctrl-C reaches both. */
  readonly ignores?: readonly NodeJS.Signals[];
}

export interface ForegroundEnd {
  /** 128 + the signal's number if a signal ended it. */
  readonly exitCode: number;
  /** The signal that ended it; undefined if the program itself exits with 130. */
  readonly signal?: NodeJS.Signals;
}

/**
 * Runs a program in the foreground, with this process's own standard streams, terminal and process group: Ctrl-C
 * reaches both. An abort sends it SIGTERM, and SIGKILL 5 s later. Fails with `command-missing` or `command-failed` if
 * it can't be started, and with `aborted` if the signal was aborted before.
 */
export async function runInForeground(program: ForegroundProgram): Promise<Result<ForegroundEnd>> {
  const { signal, forwards = [], ignores = [], ...request } = program;
  if (signal?.aborted) return fail(abortedFailure(program));
  const child = await spawnProgram({ ...request, stdio: 'inherit' });
  if (child instanceof Error) return fail(startFailure(program, child));
  const ended = killAfterGrace(child, signal);
  const heard = hear(child, forwards, ignores);
  return new Promise((resolve) => {
    child.on('close', (code, by) => {
      ended();
      heard();
      resolve(ok({ exitCode: exitCodeOf(code, by), ...(by && { signal: by }) }));
    });
  });
}

/** Call the result when the program has ended. */
function hear(
  child: ChildProcess,
  forwards: readonly NodeJS.Signals[],
  ignores: readonly NodeJS.Signals[],
): () => void {
  const send = (name: NodeJS.Signals): void => void child.kill(name);
  const ignore = (): void => undefined;
  for (const name of forwards) process.on(name, send);
  for (const name of ignores) process.on(name, ignore);
  return () => {
    for (const name of forwards) process.off(name, send);
    for (const name of ignores) process.off(name, ignore);
  };
}

/** Runs `work` and restores the terminal's settings with stty(1), which a killed program can't restore itself. */
export async function keepingTerminal<T>(isTerminal: boolean, work: () => Promise<T>): Promise<T> {
  const settings = isTerminal ? await stty(['-g']) : undefined;
  try {
    return await work();
  } finally {
    if (settings !== undefined) await stty([settings.trim()]);
  }
}

async function stty(args: readonly string[]): Promise<string | undefined> {
  const ended = await run({ argv: ['stty', ...args], inheritsInput: true });
  return ended.ok && ended.value.exitCode === 0 ? ended.value.stdout : undefined;
}
