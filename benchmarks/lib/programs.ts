import { spawnSync } from 'node:child_process';

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end and returns its output; throws with its last lines if it fails. */
export function runProgram(argv: readonly [string, ...string[]], options: ProgramOptions = {}): string {
  const [program, ...args] = argv;
  const { cwd, env = process.env } = options;
  const done = spawnSync(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (done.error) throw done.error;
  if (done.status === 0) return done.stdout;
  throw new Error(`${argv.join(' ')} ended with ${done.status}\n${done.stdout}${done.stderr}`.slice(-4000));
}
