import type { Failure, FailureCode } from '@image-tooling/model';
import { redact } from '@image-tooling/host';
import type { Refusal } from './refusal';

/** An address and why it did not give the file. */
export interface Refused extends Refusal {
  readonly url: string;
}

/** Statuses by which a server says that it has no such file. */
const ABSENT = new Set([404, 410]);

/** What matters most to a person when the addresses failed in different ways. */
const GRAVITY: readonly FailureCode[] = ['checksum', 'too-large', 'truncated', 'http-status', 'timeout'];

const HINTS: Partial<Record<FailureCode, string>> = {
  gone: 'Look whether the file has moved, or configure a mirror that has it.',
  checksum: 'Somebody between here and the source changed the file, or a mirror is damaged: try another one.',
  truncated: 'Try again; where it stays like this, a proxy or mirror is damaged.',
  'too-large': 'The server sent another file than the one asked for: look at the address.',
  timeout: 'Check the network and the proxy, then run the command again: what has come already is kept.',
  network: 'Check the network and the proxy, then run the command again: what has come already is kept.',
  'http-status':
    'Run the command again later; where it stays like this, check that this machine may read the address.',
};

/** One failure for all addresses that were tried: which, and why each of them did not do. */
export function unavailable(name: string, refused: readonly Refused[]): Failure {
  const code = codeOf(refused);
  const hint = refused.find((one) => one.code === code && one.hint !== undefined)?.hint ?? HINTS[code];
  return {
    code,
    message: `${name} could not be fetched: ${summaryOf(code)}.`,
    ...(hint !== undefined && { hint }),
    details: refused.length === 0 ? ['no address is known for it'] : refused.map(line),
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

/** Returns why a file could not be had, as the end of a sentence. */
export function summaryOf(code: FailureCode): string {
  const texts: Partial<Record<FailureCode, string>> = {
    checksum: 'what came has another checksum than expected',
    truncated: 'it came incomplete',
    'too-large': 'what came is larger than expected',
    gone: 'no place has it',
    timeout: 'no server answered in time',
    'http-status': 'the server answered with an error',
  };
  return texts[code] ?? 'no connection could be made, or it broke';
}
