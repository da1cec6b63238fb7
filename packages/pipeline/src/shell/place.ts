import { hasProgram, run } from '@image-tooling/host';

/** What a shell runs in: a container program of this machine, or the embedded engine. */
export type ShellPlace = 'docker' | 'podman' | 'buildah';

const TIMEOUT_SECONDS = 10;

/** The command by which each program shows that it can run containers. */
const ASK = {
  docker: ['docker', 'version', '--format', '{{.Server.Version}}'],
  podman: ['podman', 'info', '--format', '{{.Host.OS}}'],
} as const;

/**
 * Returns Docker if its daemon answers, else Podman, else the embedded engine, also for
 * `IMAGE_ENGINE=buildah`.
 */
export async function shellPlace(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<ShellPlace> {
  if (env['IMAGE_ENGINE'] === 'buildah') return 'buildah';
  for (const place of ['docker', 'podman'] as const) if (await answers(place, env, signal)) return place;
  return 'buildah';
}

async function answers(
  program: keyof typeof ASK,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(await hasProgram(program, env))) return false;
  const argv = ASK[program];
  const asked = await run({ argv: [...argv], env, signal, timeoutSeconds: TIMEOUT_SECONDS, graceSeconds: 0 });
  return asked.ok && asked.value.exitCode === 0 && asked.value.stdout.trim() !== '';
}
