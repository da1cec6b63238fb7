import * as z from 'zod';

/** Bytes of a name and of a path (Linux, limits.h: NAME_MAX, and PATH_MAX with the NUL at its end). */
const NAME_BYTES = 255;
const PATH_BYTES = 4095;

/** A path inside the image. */
export const imagePath = (description: string) => withinImage().meta({ description });

/** A path inside the image that is written to /etc/passwd, whose fields end with ":" (passwd(5)). */
export const passwdPath = (description: string) =>
  withinImage()
    .regex(/^[^:]*$/, { error: 'a path without ":", which ends the fields of /etc/passwd' })
    .meta({ description });

const withinImage = () =>
  z
    .string()
    .regex(/^\/(?!.*\/\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))(?!.*[\u0000-\u001f\u007f])(?:.*[^/\s])?$/, {
      error: 'an absolute path in the image, without "..", "//" or a "/" at its end ("/etc/profile.d")',
    })
    .check(reportNames);

/** A path below a folder. */
export const relativePath = (description: string) =>
  z
    .string()
    .regex(/^(?!\/)(?!.*\/\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))(?!.*[\u0000-\u001f\u007f])(?:.*[^/\s])$/, {
      error: 'a relative path, without ".." or a "/" at its end ("bin/k9s")',
    })
    .check(reportNames)
    .meta({ description });

function reportNames(context: z.core.ParsePayload<string>): void {
  const { value } = context;
  const problem = nameProblem(value);
  if (!problem) return;
  const [message, hint] = problem;
  context.issues.push({ code: 'custom', input: value, message, params: { hint } });
}

function nameProblem(path: string): readonly [message: string, hint: string] | undefined {
  const names = path.split('/');
  const long = names.find((name) => Buffer.byteLength(name) > NAME_BYTES);
  if (Buffer.byteLength(path) > PATH_BYTES) return [`a path of more than ${PATH_BYTES} bytes`, SHORTER];
  if (long !== undefined) return [`a name of ${Buffer.byteLength(long)} bytes`, SHORTER];
  return names.some((name) => name.startsWith(WHITEOUT))
    ? [`names that begin with "${WHITEOUT}" are reserved: in a layer they remove other files`, RENAME]
    : undefined;
}

/** OCI image-spec 1.1, layer.md, "Whiteouts". */
const WHITEOUT = '.wh.';
const RENAME = 'Take another name; files of packages are left out by "omit".';
const SHORTER = `Linux has names of at most ${NAME_BYTES} bytes, and paths of at most ${PATH_BYTES}.`;
