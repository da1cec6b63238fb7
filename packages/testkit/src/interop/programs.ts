import { findProgram, mustRun, run, type HostResult } from '@image-tooling/host';
import { ok, type Result } from '@image-tooling/model';

type Argv = readonly [string, ...string[]];

const PULL_SECONDS = 300;
const RUN_SECONDS = 120;

/** Returns which of these programs is missing, as a reason. */
export async function missing(...programs: readonly string[]): Promise<string | undefined> {
  for (const program of programs)
    if ((await findProgram(program)) === undefined) return `no ${program} on this machine`;
  return undefined;
}

/** Returns the first line of a program's version. */
export async function versionOf(...argv: Argv): Promise<string> {
  const said = await run({ argv, timeoutSeconds: 20 });
  return said.ok ? (said.value.stdout.split('\n')[0] ?? '').trim() : `${argv[0]}: version unknown`;
}

/** Runs a pull to its end. */
export async function pullWith(argv: Argv, env: NodeJS.ProcessEnv = process.env): Promise<Result<void>> {
  const pulled = await mustRun({ argv, env, timeoutSeconds: PULL_SECONDS });
  return pulled.ok ? ok(undefined) : pulled;
}

/** Runs a command in a container, through the program's arguments. */
export async function runWith(argv: Argv, env: NodeJS.ProcessEnv = process.env): Promise<Result<HostResult>> {
  return run({ argv, env, timeoutSeconds: RUN_SECONDS });
}
