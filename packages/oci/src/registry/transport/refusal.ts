import type { Failure } from '@image-tooling/model';
import type { RegistryAnswer, RegistryRequest } from '../transport';
import { errorLines } from './error-body';
import { askedWait } from './retry-policy';

/**
 * The failure for an answer that its caller has no use for, with the registry's own words: `registry-refused` (takes
 * no writes), `registry-full`, `too-large`, `gone` (no such repository or content) or `http-status`. Reads the body.
 */
export async function refusal(
  answer: RegistryAnswer,
  request: Pick<RegistryRequest, 'method' | 'purpose'>,
): Promise<Failure> {
  const words = await errorLines(answer);
  if (takesNoWrites(answer.status, request.method, words)) return readOnly(answer, request.purpose, words);
  if (isFull(answer.status, words)) return full(answer, request.purpose, words);
  return statusFailure(answer, request.purpose, words);
}

/**
 * Whether a registry takes no writes at all: 405, as Distribution in its read-only mode, or a refusal that says so,
 * as Harbor's 403 and a proxy cache's.
 */
export function takesNoWrites(
  status: number,
  method: RegistryRequest['method'],
  words: readonly string[],
): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  return status === 405 || ([400, 403, 409, 503].includes(status) && /read[- _]?only/i.test(words.join(' ')));
}

export function readOnly({ url }: RegistryAnswer, purpose: string, words: readonly string[]): Failure {
  return {
    code: 'registry-refused',
    message: `Could not ${purpose}: ${url.host} takes no writes of this kind (read-only).`,
    hint: 'Publish to a registry that takes them, or ask its owner to end its read-only mode.',
    details: words,
  };
}

function isFull(status: number, words: readonly string[]): boolean {
  const says = /no space left|disk full|insufficient storage|quota/i.test(words.join(' '));
  return status === 507 || (says && [403, 412, 413, 500, 503].includes(status));
}

function full({ url }: RegistryAnswer, purpose: string, words: readonly string[]): Failure {
  return {
    code: 'registry-full',
    message: `Could not ${purpose}: ${url.host} has no space left for it.`,
    hint: 'Free space on the registry or raise the quota, then run it again: what is there already is not sent again.',
    details: words,
  };
}

/** A failure that tells the status, and what it means where that is known. */
export function statusFailure(answer: RegistryAnswer, purpose: string, words: readonly string[]): Failure {
  const { status, url, headers } = answer;
  const location = status >= 300 && status < 400 ? headers['location'] : undefined;
  const wait = askedWait(headers);
  return {
    code: status === 404 || status === 410 ? 'gone' : status === 413 ? 'too-large' : 'http-status',
    message: `Could not ${purpose}: ${url.host} answered ${status}${meaning(status)}.`,
    hint: hintFor(status),
    details: [
      ...words,
      ...(location === undefined ? [] : [`it says to go to ${originOf(location, url)}`]),
      ...(wait === undefined ? [] : [`it asks to come again in ${Math.ceil(wait)} s`]),
    ],
  };
}

function meaning(status: number): string {
  const meanings: Readonly<Record<number, string>> = {
    404: ' (no such repository, or not in it)',
    413: ' (too large for it)',
  };
  return meanings[status] ?? (status >= 500 ? ' (a fault of its own)' : '');
}

function hintFor(status: number): string {
  if (status === 404) return 'Check the name of the repository; some registries want it made by hand first.';
  if (status === 413) return 'A proxy before the registry may limit uploads: raise its limit.';
  if (status >= 500)
    return 'Run it again later; where it stays like this, look into the log of the registry.';
  return 'Check that this is the address of the registry itself.';
}

/** An address may hold a signature in its query: its origin says enough. */
function originOf(location: string, base: URL): string {
  return URL.canParse(location, base.href) ? new URL(location, base).origin : 'an address that is none';
}
