import { closeSync, readFileSync } from 'node:fs';
import { fail, ok, type Failed, type Result } from '@image-tooling/model';
import { isErrno } from '@image-tooling/host';

/** How the targets of the Nx plugin say where the arguments of `nx run` are: its command-line.ts. */
const FLAG = /^--arguments-fd=(\d+)$/;

/**
 * The words of a command line, with those that Nx was given in place of `--arguments-fd=<n>`: they are read from that
 * file descriptor, so that no shell expands them. Fails with `usage` where they can't be read.
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
 * The words that Nx joined with spaces: as they were, or within double quotes with `\"` for each quote of their own
 * (nx 23.2, run-commands.impl.ts, `wrapArgIntoQuotesIfNeeded`); words that came in quotes are left in them. Undefined
 * where a quote is not closed: Nx can't pass on a line break, nor a backslash before the closing quote.
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
    message: `--arguments-fd=${fd}: no file is open there.`,
    hint: 'Only targets of Nx use this flag. Write the arguments themselves.',
  });
}

function unreadable(): Failed {
  return fail({
    code: 'usage',
    message: 'An argument has a line break, or a quote or backslash that Nx can’t pass on.',
    hint: 'Leave it out, or run image-tooling itself: npx image-tooling <command> …',
  });
}
