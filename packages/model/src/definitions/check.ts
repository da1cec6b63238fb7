import { z } from 'zod';
import { imagePath, mode, relativePath, textLike } from './fields';

const DEFAULT_TIMEOUT_SECONDS = 60;

const pattern = (description: string) =>
  z
    .string()
    .check((context) => {
      const fault = patternFault(context.value);
      if (fault === undefined) return;
      context.issues.push({
        code: 'custom',
        input: context.value,
        message: `is no regular expression: ${fault}`,
        params: { hint: 'Write a JavaScript regular expression; in JSON each "\\" is written twice.' },
      });
    })
    .meta({ description, format: 'regex' });

const runCheck = z
  .strictObject({
    run: z.array(z.string()).min(1).meta({
      description: 'Program and arguments. No shell is involved; name one ("sh", "-c", …) if needed.',
    }),
    stdout: pattern('Regular expression that some line of the standard output must match.').optional(),
    stderr: pattern('Regular expression that some line of the standard error must match.').optional(),
    exitCode: z.int().min(0).max(255).default(0).meta({ description: 'The exit code that is expected.' }),
    timeoutSeconds: z
      .number()
      .positive()
      .max(3600)
      .default(DEFAULT_TIMEOUT_SECONDS)
      .meta({ description: 'Seconds after which the check has failed.' }),
    network: z.boolean().default(false).meta({ description: 'Whether the check needs the network.' }),
    files: z
      .record(relativePath('Path below the folder the check runs in.'), z.string())
      .optional()
      .meta({ description: 'Files to make in the folder the check runs in: path and content.' }),
  })
  .meta({ title: 'Command check', description: 'A command that must succeed in the image.' });

const fileCheck = z
  .strictObject({
    file: imagePath('Absolute path in the image.'),
    mode: mode('Its permissions, in octal ("0755").').optional(),
    owner: textLike(
      /^[a-z0-9_][a-z0-9_-]*(?::[a-z0-9_][a-z0-9_-]*)?$/,
      'a user, or user and group ("root:root", "0:0")',
      'Its owner, or owner and group, by name or number ("root:root").',
    ).optional(),
    absent: z.boolean().default(false).meta({ description: 'Whether it must not be there.' }),
  })
  .meta({ title: 'File check', description: 'A file that must be in the image, or must not.' });

/** What is tried in a finished image. */
export const check = z
  .union([runCheck, fileCheck])
  .meta({ id: 'check', description: 'Something that is tried in the finished image.' });

export type RunCheck = z.output<typeof runCheck>;
export type FileCheck = z.output<typeof fileCheck>;
export type Check = z.output<typeof check>;

export function isRunCheck(check: Check): check is RunCheck {
  return 'run' in check;
}

/** A check's pattern, ready to use: `^` and `$` match at each line. Throws where it is not one: parsing refused it. */
export function compilePattern(pattern: string): RegExp {
  return new RegExp(pattern, 'm');
}

function patternFault(pattern: string): string | undefined {
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    return (error as SyntaxError).message.replace(/^Invalid regular expression: /, '');
  }
}
