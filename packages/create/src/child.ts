import { basename } from 'node:path';
import { lastLines, run, runInForeground, type ForegroundEnd } from '@image-tooling/host/process';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';

/** A program to run to its end. */
export interface Child {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Whether to show its output; otherwise only a failure has its last lines. */
  readonly isShown?: boolean;
}

/** Runs a program. Fails with `command-missing`, `command-failed` or `aborted`; never leaves it running. */
export async function runChild(child: Child): Promise<Result<void>> {
  const ended = await (child.isShown === true ? runShown(child) : runHidden(child));
  if (child.signal.aborted) return fail(ABORTED);
  if (!ended.ok) return fail(notRun(child.argv[0], ended.failures[0]));
  const { exitCode, signal, output } = ended.value;
  // Nx exits with 130 for failed tasks too, so only a signal says that a program was stopped before we were.
  if (signal !== undefined && INTERRUPTS.includes(signal)) return fail(ABORTED);
  return exitCode === 0 ? ok(undefined) : fail(failed(child.argv, ended.value, output));
}

interface End extends ForegroundEnd {
  readonly output: string;
}

async function runShown(child: Child): Promise<Result<End>> {
  const ended = await runInForeground(child);
  return ended.ok ? ok({ ...ended.value, output: '' }) : ended;
}

async function runHidden({ argv, cwd, env, signal }: Child): Promise<Result<End>> {
  const ended = await run({ argv, cwd, env, signal });
  if (!ended.ok) return ended;
  const { exitCode, stdout, stderr } = ended.value;
  return ok({ exitCode, output: `${stdout}${stderr}` });
}

const ABORTED: Failure = { code: 'aborted', message: 'Stopped.' };
const INTERRUPTS: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGTERM'];

/** There is no ./bootstrap here that could install what is missing. */
function notRun(program: string, failure: Failure): Failure {
  if (failure.code === 'aborted') return ABORTED;
  if (failure.code !== 'command-missing') return failure;
  return {
    code: 'command-missing',
    message: `The program "${program}" is not on this machine.`,
    hint: 'Install it, or add its folder to PATH.',
  };
}

function failed(argv: Child['argv'], { exitCode, signal }: ForegroundEnd, output: string): Failure {
  const words = argv[0] === process.execPath ? argv.slice(1) : argv;
  const shown = [basename(words[0]), ...words.slice(1)].join(' ');
  const how = signal === undefined ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
  return { code: 'command-failed', message: `"${shown}" ${how}.`, details: lastLines(output) };
}
