import * as z from 'zod';
import { isDigest, type Digest } from '../digest';
import { PLATFORMS } from '../platform';
import { knownPlaceholders, unknownPlaceholders } from './template';

/** A text that matches `pattern`; `expected` completes "expected …" in messages. */
export function textLike(pattern: RegExp, expected: string, description: string) {
  return z.string().regex(pattern, { error: expected }).meta({ description });
}

/** The schema, refusing `{names}` other than `placeholders` in its texts. */
export function templated<T extends z.ZodType<string>>(schema: T, placeholders: readonly string[]): T {
  return schema.check((context) => {
    for (const name of unknownPlaceholders(context.value, placeholders))
      context.issues.push({
        code: 'custom',
        input: context.value,
        message: `"{${name}}" stands for nothing here`,
        params: { hint: knownPlaceholders(name, placeholders) },
      });
  });
}

/** One line of plain words. */
export function line(description: string) {
  return textLike(/^\S(?:[^\n\r]*\S)?$/, 'one line of text, without spaces at its ends', description);
}

/** A list that holds nothing twice. Repetitions are found beside other mistakes (zod would skip the check). */
export function uniqueList<T extends z.ZodType>(entry: T) {
  return z
    .array(entry)
    .superRefine(reportRepeated, { when: ({ value }) => Array.isArray(value) })
    .meta({ uniqueItems: true });
}

/** When to run a check of an object whose members may have mistakes of their own. */
export function isObject({ value }: { readonly value: unknown }): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reportRepeated(values: readonly unknown[], context: z.core.$RefinementCtx): void {
  const texts = values.map((value) => JSON.stringify(value));
  texts.forEach((text, index) => {
    if (texts.indexOf(text) === index) return;
    context.addIssue({
      code: 'custom',
      path: [index],
      message: `${text} is in the list already`,
      params: { failure: 'duplicate', hint: 'Remove one of them.' },
    });
  });
}

/**
 * The name of an image or tool, which is that of its folder and its Nx project, and a component of a
 * repository's name (OCI distribution specification, "Pulling manifests"; stricter: dashes alone).
 */
export const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
export const NAME_EXPECTED = 'a name of lower-case letters, digits and single dashes ("tooling-k8s")';
export const name = (description: string) => textLike(NAME, NAME_EXPECTED, description);

/** A Debian binary package (Debian policy 5.6.7, 5.6.1). */
export const debianPackage = textLike(
  /^[a-z0-9][a-z0-9+.-]+$/,
  'a Debian package name (lower-case letters, digits, "+", "-", ".")',
  'Name of a Debian package, without a version.',
);

export const mode = (description: string) =>
  textLike(/^[0-7]{4}$/, 'four octal digits in quotes ("0755")', description);

/** A path inside the image. */
export const imagePath = (description: string) =>
  textLike(
    /^\/(?!.*\/\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))(?:.*[^/\s])?$/,
    'an absolute path in the image, without "..", "//" or a "/" at its end ("/etc/profile.d")',
    description,
  );

/** A path below a folder. */
export const relativePath = (description: string) =>
  textLike(
    /^(?!\/)(?!.*\/\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))(?:.*[^/\s])$/,
    'a relative path, without ".." or a "/" at its end ("bin/k9s")',
    description,
  );

/** Who something belongs to, or runs as. */
export const owner = (description: string) =>
  textLike(
    /^[a-z0-9_][a-z0-9_-]*(?::[a-z0-9_][a-z0-9_-]*)?$/,
    'a user, or user and group, by name or number ("toolbox", "1000:1000")',
    description,
  );

/** Highest id that is not reserved (Debian policy 9.2.2: 65534 is nobody, 65535 must not be used). */
const MAX_ID = 65_533;
export const id = (description: string) => z.int().min(0).max(MAX_ID).meta({ description });

export const platform = z
  .enum(PLATFORMS)
  .meta({ description: 'A platform: operating system and processor.' });

export const sha256 = textLike(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits', 'sha256 of the bytes.');
export const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), {
  error: 'is not a digest ("sha256:" and 64 hexadecimal digits)',
});
export const byteCount = z.int().min(0);
/** Seconds since the epoch. */
export const epochSeconds = z.int().min(0);

export const schemaReference = z
  .string()
  .optional()
  .meta({ description: 'Where an editor finds the JSON Schema of this file.' });
