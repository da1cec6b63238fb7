import * as z from 'zod';
import { reportNoProgram } from './argv';
import { isObject, owner, uniqueList } from './fields';
import { imagePath } from './paths';
import { isPort, PORTS } from './ports';

const port = z
  .string()
  .regex(/^[0-9]{1,5}(?:\/(?:tcp|udp))?$/, { error: 'a port ("8080" or "8080/tcp")' })
  .refine((text) => isPort(Number.parseInt(text, 10)), { error: PORTS })
  .meta({ description: 'A port.' });

const argv = (description: string) => z.array(z.string()).optional().meta({ description });

/** The config part of image.json: how containers of the image start. */
export const imageConfig = z
  .strictObject({
    env: z
      .record(
        z
          .string()
          .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'the name of an environment variable' })
          .meta({ description: 'Name of the variable.' }),
        z.string(),
      )
      .optional()
      .meta({
        description: 'Environment variables. Never a secret: anyone who has the image can read them.',
      }),
    entrypoint: z.array(z.string()).check(reportNoProgram).optional().meta({
      description: "Program and arguments that always run. [] removes the parent's.",
    }),
    cmd: argv(
      'Program and arguments that run if none are given; arguments of the entry point if there is one.',
    ),
    user: owner('The user that the program runs as, by name or number ("1000:1000").').optional(),
    workdir: imagePath('The folder the program starts in.').optional(),
    labels: z
      .record(
        z
          .string()
          .regex(/^[^\s=\u0000-\u001f\u007f]+$/, {
            error: 'the name of a label, without spaces and "=" ("org.opencontainers.image.title")',
          })
          .meta({ description: 'Name of the label.' }),
        z.string(),
      )
      .optional()
      .meta({ description: 'Labels of the image.' }),
    exposedPorts: uniqueList(port).optional().meta({ description: 'Ports that the program listens on.' }),
  })
  .superRefine(reportEmptyCmd, { when: isObject });

/**
 * Without an entry point, `cmd` starts with a program; with the parent's entry point its first string may be
 * empty.
 */
function reportEmptyCmd(given: unknown, context: z.core.$RefinementCtx): void {
  const { cmd, entrypoint } = given as { cmd?: unknown; entrypoint?: unknown };
  if (!Array.isArray(cmd) || cmd[0] !== '' || entrypoint !== undefined) return;
  context.addIssue({
    code: 'custom',
    path: ['cmd', 0],
    message: 'empty program name',
    params: { hint: 'Write the program first, then its arguments, each as its own string.' },
  });
}
