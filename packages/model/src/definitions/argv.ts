import type * as z from 'zod';

/** Reports a program whose name is empty: no system can start it. */
export function reportNoProgram(context: z.core.ParsePayload<string[]>): void {
  if (context.value[0] !== '') return;
  context.issues.push({
    code: 'custom',
    input: '',
    path: [0],
    message: 'a program without a name',
    params: { hint: 'Write the program first, then its arguments, each a text of its own.' },
  });
}

/** Bytes that Linux takes of one argument, with the NUL at its end (MAX_ARG_STRLEN, linux/binfmts.h). */
const MOST_BYTES = 131_072;

/** Reports a command whose arguments are longer together than Linux takes of one: engines pass them on through shells. */
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
