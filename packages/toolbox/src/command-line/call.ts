import { fail, ok, type Result } from '@image-tooling/model';
import type { CommandRequest, Host, Parts } from './types';

/** One command's request, and what it may use. */
export interface Call extends CommandRequest {
  readonly host: Host;
  readonly parts: Parts;
}

/** Returns the words of a command that takes between `least` and `most` of them. Fails with `usage`. */
export function wordsOf(
  { words }: Call,
  least: number,
  most: number,
  usage: string,
): Result<readonly string[]> {
  if (words.length >= least && words.length <= most) return ok(words);
  const message =
    words.length < least ? 'An argument is missing.' : `Unexpected: ${words.slice(most).join(' ')}`;
  return fail({ code: 'usage', message, hint: `Write: ${usage}` });
}

/** Writes a line to standard output. */
export function say({ host }: Call, line: string): void {
  host.stdout.write(`${line}\n`);
}
