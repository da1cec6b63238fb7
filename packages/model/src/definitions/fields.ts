import * as z from 'zod';
import { cut } from '../diagnostics/words';
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
        message: `unknown placeholder "{${name}}"`,
        params: { hint: knownPlaceholders(name, placeholders) },
      });
  });
}

/** One line of plain words. */
export function line(description: string) {
  return textLike(
    /^(?!.*[\u0000-\u0008\u000b-\u001f\u007f])\S(?:[^\n\r]*\S)?$/,
    'one line of text, without spaces at its ends and without control characters',
    description,
  );
}

/** A text of at least one character, none of them a control character. */
export function word(description: string) {
  return z
    .string()
    .min(1)
    .regex(/^[^\u0000-\u001f\u007f]*$/, { error: 'a text without control characters' })
    .meta({ description });
}

/** An http or https address. Braces stand for placeholders. */
export function address(pattern: RegExp, expected: string, description: string) {
  return z
    .string()
    .regex(pattern, { error: expected })
    .refine((text) => !pattern.test(text) || URL.canParse(text.replace(/\{[a-zA-Z]+\}/g, 'x')), {
      error: 'not a valid URL',
    })
    .meta({ description });
}

/** An http or https address without placeholders. */
export function httpAddress(description: string) {
  return address(/^https?:\/\/[^\s\u0000-\u001f\u007f]+$/, 'an https:// address', description);
}

/** A list without duplicates. Reports duplicates in addition to other mistakes (zod would skip the check). */
export function uniqueList<T extends z.ZodType>(entry: T) {
  return z
    .array(entry)
    .superRefine(reportRepeated, { when: ({ value }) => Array.isArray(value) })
    .meta({ uniqueItems: true });
}

/** Condition to run a check of an object even if its members have mistakes. */
export function isObject({ value }: { readonly value: unknown }): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reportRepeated(values: readonly unknown[], context: z.core.$RefinementCtx): void {
  const seen = new Set<string>();
  values.forEach((value, index) => {
    const text = JSON.stringify(value);
    if (!seen.has(text)) return void seen.add(text);
    context.addIssue({
      code: 'custom',
      path: [index],
      message: `${cut(text)} is already in the list`,
      params: { failure: 'duplicate', hint: 'Remove one of them.' },
    });
  });
}

/**
 * The name of an image or tool, also of its folder and Nx project, and part of its repository's name (OCI
 * distribution specification, "Pulling manifests"; stricter: dashes alone). A repository with its host has at
 * most 255 characters there, of which half are left to host and folder.
 */
export const NAME = /^(?=.{1,128}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;
export const NAME_EXPECTED =
  'a name of lower-case letters, digits and single dashes, 128 at most ("tooling-k8s")';
export const name = (description: string) => textLike(NAME, NAME_EXPECTED, description);

/** A Debian binary package (Debian policy 5.6.7, 5.6.1). */
export const debianPackage = textLike(
  /^[a-z0-9][a-z0-9+.-]+$/,
  'a Debian package name (lower-case letters, digits, "+", "-", ".")',
  'Name of a Debian package, without a version.',
);

export const mode = (description: string) =>
  textLike(/^[0-7]{4}$/, 'four octal digits in quotes ("0755")', description);

/** Largest number of a user or group that container runtimes take (2³¹ - 1; runc and Docker). */
const LARGEST_ID = 2 ** 31 - 1;

/** An owner, or a user to run as. */
export const owner = (description: string) =>
  z
    .string()
    .regex(/^[a-z0-9_][a-z0-9_-]*(?::[a-z0-9_][a-z0-9_-]*)?$/, {
      error: 'a user, or user and group, by name or number ("toolbox", "1000:1000")',
    })
    .refine((text) => text.split(':').every((part) => !/^[0-9]+$/.test(part) || Number(part) <= LARGEST_ID), {
      error: `numbers of users and groups are at most ${LARGEST_ID}`,
    })
    .meta({ description });

/**
 * Highest id that is not reserved (Debian policy 9.2.2: 65534 is the user nobody, 65535 must not be used).
 */
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
  .meta({ description: 'The JSON Schema of this file, for editors.' });
