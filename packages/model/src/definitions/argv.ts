import type * as z from 'zod';

/** Reports an empty program name. */
export function reportNoProgram(context: z.core.ParsePayload<string[]>): void {
  if (context.value[0] !== '') return;
  context.issues.push({
    code: 'custom',
    input: '',
    path: [0],
    message: 'empty program name',
    params: { hint: 'Write the program first, then its arguments, each as its own string.' },
  });
}

/** Maximum bytes of one argument on Linux, with the NUL at its end (MAX_ARG_STRLEN, linux/binfmts.h). */
const MOST_BYTES = 131_072;

/**
 * Reports a command that is longer than one argument may be: engines pass commands as one argument of a
 * shell.
 */
export function reportTooLong(context: z.core.ParsePayload<string[]>): void {
  const bytes = context.value.reduce((sum, word) => sum + Buffer.byteLength(word) + 1, 0);
  if (bytes <= MOST_BYTES) return;
  context.issues.push({
    code: 'custom',
    input: context.value,
    message: `a command of ${bytes} bytes; at most ${MOST_BYTES} can be started`,
    params: { hint: 'Write long content to a file: "files" of the check takes any length.' },
  });
}
