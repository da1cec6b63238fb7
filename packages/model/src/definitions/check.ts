import * as z from 'zod';
import { cut, quoted } from '../diagnostics/words';
import { reportNoProgram, reportTooLong } from './argv';
import { mode, owner, templated } from './fields';
import { imagePath, relativePath } from './paths';
import { VERSION_PLACEHOLDERS } from './template';

type Text = z.ZodType<string>;
type Wrap = <T extends Text>(schema: T) => T;

/** Returns the schema of a check; every string that may have placeholders goes through `wrap`. */
const checkWith = (wrap: Wrap) =>
  z
    .union([runCheck(wrap), fileCheck(wrap)])
    .meta({ id: 'check', description: 'A check of the finished image.' });

const runCheck = (wrap: Wrap) =>
  z
    .strictObject({
      run: z.array(wrap(z.string())).min(1).check(reportNoProgram).check(reportTooLong).meta({
        description: 'Program and arguments. No shell is involved; name one ("sh", "-c", …) if needed.',
      }),
      stdout: wrap(pattern)
        .optional()
        .meta({ description: 'Regular expression that a line of the standard output must match.' }),
      stderr: wrap(pattern)
        .optional()
        .meta({ description: 'Regular expression that a line of the standard error must match.' }),
      exitCode: z.int().min(0).max(255).default(0).meta({ description: 'The exit code that is expected.' }),
      timeoutSeconds: z
        .number()
        .positive()
        .max(MAX_TIMEOUT_SECONDS)
        .default(DEFAULT_TIMEOUT_SECONDS)
        .meta({ description: 'Time limit in seconds.' }),
      network: z.boolean().default(false).meta({ description: 'Whether the check has network access.' }),
      files: z
        .record(relativePath('Path below the folder the check runs in.'), z.string())
        .check(reportFileAsFolder)
        .default({})
        .meta({
          description: 'Files to create: path and content. The check runs in a new folder with them.',
        }),
    })
    .meta({ title: 'Command check', description: 'A command that must succeed in the image.' });

const fileCheck = (wrap: Wrap) =>
  z
    .strictObject({
      file: wrap(imagePath('Absolute path in the image.')),
      mode: mode('Its permissions, in octal ("0755").').optional(),
      owner: owner('Its owner, or owner and group ("root:root", "0:0").').optional(),
      absent: z.boolean().default(false).meta({ description: 'Whether the file must not exist.' }),
    })
    .meta({ title: 'File check', description: 'A file that must be in the image, or must not.' });

/** Reports a file whose path is a folder of another file of the same check. */
function reportFileAsFolder(context: z.core.ParsePayload<Record<string, string>>): void {
  const paths = Object.keys(context.value);
  const inFolder = new Map(paths.flatMap((path) => foldersOf(path).map((folder) => [folder, path])));
  for (const path of paths) {
    const below = inFolder.get(path);
    if (below === undefined) continue;
    context.issues.push({
      code: 'custom',
      input: context.value,
      path: [path],
      message: `${quoted(path)} can't be a file: ${quoted(below)} is in a folder of that name`,
      params: { hint: 'Give one of them another name.' },
    });
  }
}

function foldersOf(path: string): string[] {
  return [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));
}

/**
 * Default and longest time limit of a check: tools answer in a second; a minute also holds under emulation.
 */
const DEFAULT_TIMEOUT_SECONDS = 60;
const MAX_TIMEOUT_SECONDS = 3600;

const pattern = z
  .string()
  .check((context) => {
    const problem = patternProblem(context.value);
    if (problem === undefined) return;
    context.issues.push({
      code: 'custom',
      input: context.value,
      message: `invalid regular expression (${cut(problem)})`,
      params: { hint: 'Write a JavaScript regular expression; in JSON each "\\" is written twice.' },
    });
  })
  .meta({ format: 'regex' });

/** A check of an image. */
export const imageCheck = checkWith((schema) => schema);
/** A check of a tool: `{version}` and its parts are replaced. */
export const toolCheck = checkWith((schema) => templated(schema, VERSION_PLACEHOLDERS));

export type RunCheck = z.output<ReturnType<typeof runCheck>>;
export type FileCheck = z.output<ReturnType<typeof fileCheck>>;
export type Check = z.output<typeof imageCheck>;

export function isRunCheck(check: Check): check is RunCheck {
  return 'run' in check;
}

/**
 * Compiles a check's pattern: `^` and `$` match at each line. Throws on an invalid pattern, which parsing has
 * refused.
 */
export function compilePattern(pattern: string): RegExp {
  return new RegExp(pattern, 'm');
}

function patternProblem(pattern: string): string | undefined {
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    return (error as SyntaxError).message.replace(/^Invalid regular expression: /, '');
  }
}
