import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fail, ok, type Result } from '@image-tooling/model';

export interface ForegroundProgram {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Runs a program in the foreground, with this process's own standard streams and terminal, and gives its exit code
 * (128 + the signal's number where a signal ended it). An abort ends it. Fails with `command-failed` where it can't be
 * started.
 */
export function runInForeground({ argv, env, signal }: ForegroundProgram): Promise<Result<number>> {
  const [program, ...args] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: { ...env }, stdio: 'inherit' });
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    child.on('error', (error) =>
      resolve(
        fail({ code: 'command-failed', message: `"${program}" could not be started: ${error.message}` }),
      ),
    );
    child.on('close', (code, by) => {
      signal.removeEventListener('abort', stop);
      resolve(ok(by === null ? (code ?? 1) : 128 + constants.signals[by]));
    });
  });
}

/**
 * Runs `work` and leaves the terminal as it was, also where what ran in it was killed before it could: stty(1) reads
 * and writes its settings.
 */
export async function keepingTerminal<T>(isTerminal: boolean, work: () => Promise<T>): Promise<T> {
  const settings = isTerminal ? await stty(['-g']) : undefined;
  try {
    return await work();
  } finally {
    if (settings !== undefined) await stty([settings.trim()]);
  }
}

function stty(args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn('stty', args, { stdio: ['inherit', 'pipe', 'ignore'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code === 0 ? said : undefined));
  });
}
