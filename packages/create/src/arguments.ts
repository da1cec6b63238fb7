import { parseArgs } from 'node:util';
import { fail, ok, type Result } from '@image-tooling/model';

/** The text of `create-image-tooling --help`. */
export const HELP = `Creates an Nx workspace for tooling images.

Usage: npm create @image-tooling <folder>

The folder must be new or empty. It gets a Debian base image, and an image of your own based on it.
npm installs what is needed. With an engine (Docker, Podman or buildah), the versions of the images'
packages are resolved too. Then, in the folder:

  npx nx run my-tools:build

Options (write "--" before them, or npm takes them)
  --no-lock    resolve no versions; do it later with: npx nx run my-tools:lock
  --help       show this text

Exit codes: 0 done, 1 failed, 130 stopped
`;

const USAGE = 'Write: npm create @image-tooling my-images';

/** A parsed command line. */
export interface Arguments {
  /** As given; undefined only with --help. */
  readonly folder: string;
  readonly lock: boolean;
  readonly help: boolean;
}

/** Reads a command line. Fails with `usage`. */
export function readArguments(argv: readonly string[]): Result<Arguments> {
  const read = parse(argv);
  if (!read.ok) return read;
  const { values, positionals } = read.value;
  const [folder = '', ...more] = positionals;
  const help = values.help === true;
  if (!help && (folder === '' || more.length > 0)) return usage(wrongCount(positionals.length));
  return ok({ folder, lock: values['no-lock'] !== true, help });
}

function parse(argv: readonly string[]) {
  const options = { help: { type: 'boolean', short: 'h' }, 'no-lock': { type: 'boolean' } } as const;
  try {
    return ok(parseArgs({ args: [...argv], options, allowPositionals: true }));
  } catch (error) {
    return usage(`${(error as Error).message.split('. ')[0] ?? ''}.`);
  }
}

function wrongCount(count: number): string {
  return count === 0 ? 'No folder given for the workspace.' : `Only one folder can be given; got ${count}.`;
}

function usage(message: string) {
  return fail({ code: 'usage', message, hint: USAGE });
}
