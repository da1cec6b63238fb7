import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ARCHES, fail, ok, type Result } from '@image-tooling/model';
import { mustRun } from '@image-tooling/host';

/** Which tasks to ask Nx for. */
export interface GraphRequest {
  /** The workspace's root. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** The commit to compare with; default: Nx's own (NX_BASE, defaultBase). */
  readonly base: string | undefined;
  /** All tasks, not only affected ones. */
  readonly all: boolean;
  readonly publish: boolean;
}

/**
 * Returns Nx's task graph as Nx prints it: tests and scans of images on all processors, with what they need, and
 * publishing if asked. Fails with `command-missing` outside a workspace with Nx, and with `command-failed`.
 */
export async function graphOfNx({
  cwd,
  env,
  signal,
  base,
  all,
  publish,
}: GraphRequest): Promise<Result<string>> {
  const nx = join(cwd, 'node_modules', '.bin', 'nx');
  if (!existsSync(nx))
    return fail({
      code: 'command-missing',
      message: `${nx} does not exist.`,
      hint: 'Run this in the root of a workspace with Nx, after its packages are installed (npm ci).',
    });
  const checks = ARCHES.flatMap((arch) => [`test-${arch}`, `scan-${arch}`]);
  const targets = [...checks, ...(publish ? ['publish'] : [])];
  const range = all ? ['run-many'] : ['affected', ...(base === undefined ? [] : [`--base=${base}`])];
  const result = await mustRun({
    argv: [nx, ...range, '-t', targets.join(','), '--graph=stdout'],
    cwd,
    env: { ...env, NX_TUI: 'false' },
    signal,
  });
  return result.ok ? ok(result.value.stdout) : result;
}
