import { askedWait } from '@image-tooling/host';
import { spanText, type Failure } from '@image-tooling/model';
import type { RegistryAnswer } from '../send';
import { errorLines } from './error-lines';

const HUB_HINT =
  'Docker Hub limits users who are not logged in by IP address: run "docker login", or set REGISTRY_USERNAME and REGISTRY_PASSWORD.';
const HINT = 'Run it again then; what the registry has already is not sent again.';

/** Returns the failure for 429: when to retry, and the limit if the registry names it. */
export async function rateLimit(answer: RegistryAnswer, purpose: string): Promise<Failure> {
  const { host } = answer.url;
  const asked = askedWait(answer.headers);
  const when = asked === undefined ? 'it does not say when to retry' : `retry after ${spanText(asked)}`;
  return {
    code: 'rate-limit',
    message: `Could not ${purpose}: too many requests to ${host}; ${when}.`,
    hint: /(?:^|\.)docker\.io$/.test(host) ? HUB_HINT : HINT,
    details: [...limits(answer.headers), ...(await errorLines(answer))],
  };
}

/** `ratelimit-limit: 100;w=21600` of Docker Hub; `x-ratelimit-remaining` of others. */
function limits(headers: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(headers).filter((name) => /^(?:x-)?ratelimit-(?:limit|remaining)$/.test(name));
  return names.map((name) => `${name}: ${headers[name]}`);
}
