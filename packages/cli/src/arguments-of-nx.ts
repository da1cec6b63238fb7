import { closeSync, readFileSync } from 'node:fs';
import { fail, ok, type Failed, type Result } from '@image-tooling/model';
import { isErrno } from '@image-tooling/host';

/**
 * The flag by which targets of the Nx plugin pass the arguments of `nx run` (command-line.ts of packages/nx).
 */
const FLAG = /^--arguments-fd=(\d+)$/;

/**
 * Returns the words of a command line, with `--arguments-fd=<n>` replaced by the arguments that Nx was given.
 * They are read from that file descriptor, so that no shell expands them. Fails with `usage` if they can't be
 * read.
 */
export function withArgumentsOfNx(argv: readonly string[]): Result<readonly string[]> {
  const at = argv.findIndex((word) => FLAG.test(word));
  const fd = FLAG.exec(argv[at] ?? '')?.[1];
  if (fd === undefined) return ok(argv);
  const text = textOf(Number(fd));
  if (text === undefined) return notOpen(fd);
  const words = wordsOf(text);
  return words ? ok([...argv.slice(0, at), ...words, ...argv.slice(at + 1)]) : unreadable();
}

function textOf(fd: number): string | undefined {
  try {
    const text = readFileSync(fd, 'utf8');
    closeSync(fd);
    return text;
  } catch (error) {
    if (isErrno(error)) return undefined;
    throw error;
  }
}

/**
 * Splits the words that Nx joined with spaces. Nx leaves a word as it is, or puts it in double quotes and
 * escapes its own quotes (nx 23.2, run-commands.impl.ts, `wrapArgIntoQuotesIfNeeded`); words that had quotes
 * keep them. Returns undefined if a quote is not closed: Nx can't pass on a line break, nor a backslash
 * before the closing quote.
 */
export function wordsOf(text: string): string[] | undefined {
  const words = [...text.matchAll(/(?:"(?:\\"|[^"])*"|'[^']*'|[^\s"'])+|["']/gs)].map(([word]) => word);
  if (words.some((word) => word === '"' || word === "'")) return undefined;
  return words.map((word) => word.replace(/"((?:\\"|[^"])*)"|'([^']*)'/gs, unquoted));
}

function unquoted(_all: string, double: string | undefined, single: string | undefined): string {
  return double === undefined ? (single ?? '') : double.replaceAll('\\"', '"');
}

function notOpen(fd: string): Failed {
  return fail({
    code: 'usage',
    message: `--arguments-fd=${fd}: this file descriptor is not open.`,
    hint: 'Only Nx targets use this flag. Write the arguments themselves.',
  });
}

function unreadable(): Failed {
  return fail({
    code: 'usage',
    message: 'An argument has a line break, or a quote or backslash that Nx can’t pass on.',
    hint: 'Remove it, or run the command without Nx: npx image-tooling <command> …',
  });
}
