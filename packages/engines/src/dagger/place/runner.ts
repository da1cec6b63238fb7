import { ok, type Result } from '@image-tooling/model';
import { RUNNER_HOST, type Environment } from '../environment';
import { probeHttp2, probeTls, type Probed } from './probes';
import { refuse } from './refusal';
import type { Looked } from './types';

/** dagger's own default (engine/client/drivers/tls.go). */
const TLS_PORT = 443;

/**
 * Looks for the engine in `_EXPERIMENTAL_DAGGER_RUNNER_HOST`. `dagger` retries a wrong address for minutes,
 * so addresses are probed first if possible.
 */
export async function lookForRunner(env: Environment, signal?: AbortSignal): Promise<Result<Looked>> {
  const address = env[RUNNER_HOST] || undefined;
  if (address === undefined) return ok({ nothing: { cause: `${RUNNER_HOST} is not set`, optional: true } });
  const cause = await probe(address, signal);
  if (cause !== undefined)
    return refuse({
      variable: RUNNER_HOST,
      message: `is ${shownAddress(address)}, and no engine answers there`,
      cause,
      remedy: 'Start the engine',
    });
  return ok({ found: { kind: 'runner', origin: shownAddress(address), address } });
}

/** Returns an address without its possible secrets: user name, password and parameters. */
export function shownAddress(address: string): string {
  return address.replace(/^([a-z0-9+-]+:\/\/)[^/@]*@/i, '$1').replace(/\?.*$/, '');
}

async function probe(address: string, signal?: AbortSignal): Promise<Probed> {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+-]*):\/\/(.+)$/i.exec(address) ?? [];
  if (scheme === undefined) return 'an address looks like unix:///run/dagger/engine.sock or tcp://host:port';
  // dagger takes the text after unix:// literally.
  if (scheme === 'unix') return probeHttp2({ path: rest }, signal);
  if (scheme !== 'tcp' && scheme !== 'tls') return undefined;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const port = Number(url?.port || (scheme === 'tls' ? TLS_PORT : Number.NaN));
  if (!url?.hostname || Number.isNaN(port)) return `an address of this kind looks like ${scheme}://host:port`;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return scheme === 'tcp' ? probeHttp2({ host, port }, signal) : probeTls(host, port, signal);
}
