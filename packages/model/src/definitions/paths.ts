import * as z from 'zod';

/** Bytes of a name and of a path (Linux, limits.h: NAME_MAX, and PATH_MAX with the NUL at its end). */
const NAME_BYTES = 255;
const PATH_BYTES = 4095;

/** A path inside the image. */
export const imagePath = (description: string) => withinImage().meta({ description });

/** A path inside the image that stands in /etc/passwd, whose fields end with ":" (passwd(5)). */
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
    .check(reportLength);

/** A path below a folder. */
export const relativePath = (description: string) =>
  z
    .string()
    .regex(/^(?!\/)(?!.*\/\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))(?!.*[\u0000-\u001f\u007f])(?:.*[^/\s])$/, {
      error: 'a relative path, without ".." or a "/" at its end ("bin/k9s")',
    })
    .check(reportLength)
    .meta({ description });

function reportLength(context: z.core.ParsePayload<string>): void {
  const { value } = context;
  const name = value.split('/').find((part) => Buffer.byteLength(part) > NAME_BYTES);
  const isLong = Buffer.byteLength(value) > PATH_BYTES;
  if (name === undefined && !isLong) return;
  context.issues.push({
    code: 'custom',
    input: value,
    message: isLong
      ? `a path of more than ${PATH_BYTES} bytes`
      : `a name of ${Buffer.byteLength(name ?? '')} bytes`,
    params: { hint: `Linux has names of at most ${NAME_BYTES} bytes, and paths of at most ${PATH_BYTES}.` },
  });
}
