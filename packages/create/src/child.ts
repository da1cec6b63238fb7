import { spawn } from 'node:child_process';
import { basename } from 'node:path';
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

const GRACE_MS = 5000;
const TAIL_LINES = 20;

/** Runs a program. Fails with `command-missing`, `command-failed` or `aborted`; never leaves it running. */
export function runChild({ argv, cwd, env, signal, isShown = false }: Child): Promise<Result<void>> {
  const [program, ...args] = argv;
  if (signal.aborted) return Promise.resolve(fail(ABORTED));
  return new Promise((done) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', ...streams(isShown)] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => (output += String(chunk)));
    const stop = (): void => {
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
    };
    signal.addEventListener('abort', stop);
    const end = (result: Result<void>): void => {
      signal.removeEventListener('abort', stop);
      done(signal.aborted ? fail(ABORTED) : result);
    };
    child.on('error', (error) => end(fail(missing(program, error.message))));
    child.on('close', (code, by) =>
      end(code === 0 ? ok(undefined) : fail(failed(argv, { code, by }, output))),
    );
  });
}

const ABORTED: Failure = { code: 'aborted', message: 'Stopped.' };

function streams(isShown: boolean): ['inherit' | 'pipe', 'inherit' | 'pipe'] {
  return isShown ? ['inherit', 'inherit'] : ['pipe', 'pipe'];
}

function missing(program: string, why: string): Failure {
  return {
    code: 'command-missing',
    message: `${program} could not be started: ${why}`,
    hint: 'Check that it is installed.',
  };
}

const INTERRUPTS: readonly unknown[] = ['SIGHUP', 'SIGINT', 'SIGTERM'];

interface End {
  readonly code: number | null;
  readonly by: NodeJS.Signals | null;
}

/** Nx exits with 130 for failed tasks too, so only a signal shows that the program was stopped first. */
function failed(argv: readonly string[], { code, by }: End, output: string): Failure {
  if (INTERRUPTS.includes(by)) return ABORTED;
  const words = argv[0] === process.execPath ? argv.slice(1) : argv;
  const shown = [basename(words[0] ?? ''), ...words.slice(1)].join(' ');
  return {
    code: 'command-failed',
    message: `"${shown}" ${code === null ? `was ended by ${by}` : `ended with exit code ${code}`}.`,
    details: output.trimEnd().split('\n').slice(-TAIL_LINES),
  };
}
