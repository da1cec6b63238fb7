import type { Failure, FailureCode } from '@image-tooling/model';
import { redact } from '@image-tooling/host';
import type { Refusal } from './refusal';

/** An address and why its download failed. */
export interface Refused extends Refusal {
  readonly url: string;
}

/** Statuses by which a server says that it has no such file. */
const ABSENT = new Set([404, 410]);

/** The order of importance when the addresses failed in different ways. */
const GRAVITY: readonly FailureCode[] = ['checksum', 'too-large', 'truncated', 'http-status', 'timeout'];

const HINTS: Partial<Record<FailureCode, string>> = {
  gone: 'Check whether the file has moved, or configure a mirror that has it.',
  checksum: 'The file was changed on the way, or a mirror is damaged: try another one.',
  truncated: 'Try again; if it fails again, a proxy or mirror is damaged.',
  'too-large': 'The server sent a different file: check the address.',
  timeout: 'Check the network and the proxy, then run the command again: finished downloads are kept.',
  network: 'Check the network and the proxy, then run the command again: finished downloads are kept.',
  'http-status':
    'Run the command again later; if it fails again, check that this machine may read the address.',
};

/** Returns one failure for all addresses that were tried, with the reason of each. */
export function unavailable(name: string, refused: readonly Refused[]): Failure {
  const code = codeOf(refused);
  const hint = refused.find((one) => one.code === code && one.hint !== undefined)?.hint ?? HINTS[code];
  return {
    code,
    message: `${name} could not be fetched: ${summaryOf(code)}.`,
    ...(hint !== undefined && { hint }),
    details: refused.length === 0 ? ['it has no address'] : refused.map(line),
    asked: refused.map(({ url, status }) => ({ url: redact(url), ...(status !== undefined && { status }) })),
  };
}

function line({ url, reason }: Refused): string {
  return redact(`${url}: ${reason}`);
}

function codeOf(refused: readonly Refused[]): FailureCode {
  const codes = new Set(refused.map(({ code, status }) => (ABSENT.has(status ?? 0) ? 'gone' : code)));
  const damaged = (['checksum', 'too-large', 'truncated'] as const).find((code) => codes.has(code));
  if (damaged) return damaged;
  if (codes.has('gone') || refused.length === 0) return 'gone';
  return GRAVITY.find((code) => codes.has(code)) ?? 'network';
}

/** Returns why a file could not be fetched, as the end of a sentence. */
export function summaryOf(code: FailureCode): string {
  const texts: Partial<Record<FailureCode, string>> = {
    checksum: 'its checksum differs from the expected one',
    truncated: 'the download is incomplete',
    'too-large': 'it is larger than expected',
    gone: 'no server has it',
    timeout: 'no server answered in time',
    'http-status': 'the server answered with an error',
  };
  return texts[code] ?? 'the connection failed';
}
