import { hasProgram, run } from '@image-tooling/host';
import { ok, type Result } from '@image-tooling/model';
import type { Environment } from '../environment';
import { nothing } from './refusal';
import type { Looked } from './types';

const TIMEOUT_SECONDS = 5;

/** Looks for Docker with a daemon that answers. */
export async function lookForDocker(env: Environment, signal?: AbortSignal): Promise<Result<Looked>> {
  if (!(await hasProgram('docker', env))) return nothing('docker is not installed');
  const asked = await run({
    argv: ['docker', 'version', '--format', '{{.Server.Version}}'],
    env,
    signal,
    timeoutSeconds: TIMEOUT_SECONDS,
    graceSeconds: 0,
  });
  if (!asked.ok) return nothing("docker's daemon does not answer", asked.failures[0].message);
  const { exitCode, stdout, stderr } = asked.value;
  if (exitCode === 0 && stdout.trim() !== '') return ok({ found: { kind: 'container', origin: 'docker' } });
  return nothing("docker's daemon is not running", stderr.trim().split('\n').at(-1));
}
