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
