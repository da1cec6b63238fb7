import { request } from 'node:http';
import { join } from 'node:path';
import { hasProgram } from '@image-tooling/host';
import { ok, type Result } from '@image-tooling/model';
import type { Environment } from '../environment';
import { timeLimit } from '../../time-limit';
import { nothing } from './refusal';
import type { Looked } from './types';

const TIMEOUT_MS = 3000;
const SYSTEM_SOCKET = '/run/podman/podman.sock';

/** Looks for Podman with a service that answers at its API socket (podman-system-service(1)). */
export async function lookForPodman(env: Environment, signal?: AbortSignal): Promise<Result<Looked>> {
  if (!(await hasProgram('podman', env))) return nothing('podman is not installed');
  const causes: string[] = [];
  for (const socket of socketsOf(env)) {
    const cause = await ping(socket, signal);
    if (cause === undefined) return ok({ found: { kind: 'container', origin: 'podman' } });
    causes.push(cause);
  }
  return nothing("podman's service is not running", causes.join('; '));
}

/**
 * Returns the address in `CONTAINER_HOST`, as podman does (podman(1)); else the user's socket, then the
 * system's.
 */
function socketsOf(env: Environment): string[] {
  if (env['CONTAINER_HOST']) return [env['CONTAINER_HOST']];
  const runtime = env['XDG_RUNTIME_DIR'];
  const own = runtime ? [`unix://${join(runtime, 'podman', 'podman.sock')}`] : [];
  return [...own, `unix://${SYSTEM_SOCKET}`];
}

/** Returns why no service answers `/_ping`; undefined if one does. */
function ping(address: string, signal?: AbortSignal): Promise<string | undefined> {
  const [, scheme, rest = ''] = /^(unix|tcp):\/\/(.+)$/.exec(address) ?? [];
  if (scheme === undefined)
    return Promise.resolve(`${address.split('://')[0]}:// is not supported, only unix:// and tcp://`);
  const [host, port] = rest.split(':');
  const where = scheme === 'unix' ? { socketPath: rest } : { host, port };
  const limit = timeLimit(TIMEOUT_MS, signal);
  const answered = new Promise<string | undefined>((resolve) => {
    const call = request({ ...where, path: '/_ping', signal: limit.signal }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? undefined : `${rest}: HTTP ${response.statusCode}`);
      call.destroy();
    });
    call.on('error', (error) =>
      resolve(`${rest}: ${limit.signal.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : error.message}`),
    );
    call.end();
  });
  return answered.finally(() => limit.end());
}
