import { askedWait } from '@image-tooling/host';
import { spanText, type Failure } from '@image-tooling/model';
import type { RegistryAnswer } from '../transport/types';
import { errorLines } from './error-lines';

const HUB_HINT =
  'Docker Hub counts by address for those who are not logged in: run "docker login", or set REGISTRY_USERNAME and REGISTRY_PASSWORD.';
const HINT = 'Run it again then; what is there already is not sent again.';

/** The failure for 429: when to retry, and what the registry says of its limit. */
export async function rateLimit(answer: RegistryAnswer, purpose: string): Promise<Failure> {
  const { host } = answer.url;
  const asked = askedWait(answer.headers);
  const when = asked === undefined ? 'it does not say for how long' : `retry after ${spanText(asked)}`;
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
