import { getNodeValue } from 'jsonc-parser';
import type { z } from 'zod';
import type { Failure, FailureCode } from '../failure';
import { failWith, ok, type Result } from '../result';
import { INTERPRETED } from '../schema';
import { placeOf, type JsonDocument, type JsonPath } from './document';
import { duplicateKeys } from './duplicate-keys';
import { tooDeep } from './depth';
import { mistakesOf, type SchemaProblem } from './schema-problems';
import { shownOf, type Mistakes } from './most';
import { unusableTexts } from './texts';
import { plainValue } from './plain-value';
import { isReadable, lateDocument, readDocument, syntaxMistakes } from './syntax';

/** A parsed value and its file, to point at places in it. */
export interface Parsed<T> {
  readonly value: T;
  readonly document: JsonDocument;
}

export interface ParseOptions {
  /** Code of failures of the schema. Default `schema`. */
  readonly code?: FailureCode;
  /** The hint of all failures. Default: the hint of each problem. */
  readonly hint?: string;
}

/**
 * Reads a JSON file that must be as `schema` says. Fails with every mistake at once: `json-syntax`,
 * `duplicate` (keys, list entries) and `schema`, each with its place.
 */
export function parseJson<S extends z.ZodType>(
  schema: S,
  file: string,
  text: string,
  options: ParseOptions = {},
): Result<Parsed<z.output<S>>> {
  const plain = plainValue(text);
  const parsed =
    plain === undefined ? undefined : withoutOverflow(() => schema.safeParse(plain, INTERPRETED));
  if (parsed?.success) return ok({ value: parsed.data, document: lateDocument(file, text) });
  return parseWithPlaces(schema, file, text, options);
}

/** Reads a text with a mistake. */
function parseWithPlaces<S extends z.ZodType>(
  schema: S,
  file: string,
  text: string,
  options: ParseOptions,
): Result<Parsed<z.output<S>>> {
  const deep = tooDeep(file, text);
  if (deep) return deep;
  const document = readDocument(file, text);
  const mistakes = document.errors.length > 0 ? syntaxMistakes(document) : contentMistakes(document);
  if (!document.root || !isReadable(document)) return failWith(shownOf(file, mistakes));
  const value: unknown = document.errors.length > 0 ? getNodeValue(document.root) : JSON.parse(text);
  const checked = safeParse(schema, document, { path: [], value }, options);
  const all = [...mistakes, ...checked.mistakes];
  return all.length > 0 || !checked.success
    ? failWith(shownOf(file, all))
    : ok({ value: checked.data, document });
}

/** Returns mistakes in valid JSON of any schema: duplicate keys, unusable strings. */
export function contentMistakes(document: JsonDocument, root = document.root): Mistakes[] {
  return [...duplicateKeys(document, root), ...unusableTexts(document, root)];
}

/** The path of a value in a document. */
export interface ValueAt {
  readonly path: JsonPath;
  readonly value: unknown;
}

/** Checks the value at `path` of a document. Fails with every mistake in it, each with its place. */
export function checkValue<S extends z.ZodType>(
  schema: S,
  document: JsonDocument,
  at: ValueAt,
  options: ParseOptions = {},
): Result<z.output<S>> {
  const checked = safeParse(schema, document, at, options);
  return checked.success ? ok(checked.data) : failWith(shownOf(document.file, checked.mistakes));
}

type Checked<T> =
  | { readonly success: true; readonly data: T; readonly mistakes: readonly [] }
  | { readonly success: false; readonly mistakes: readonly Mistakes[] };

function safeParse<S extends z.ZodType>(
  schema: S,
  document: JsonDocument,
  at: ValueAt,
  options: ParseOptions,
): Checked<z.output<S>> {
  const parsed = withoutOverflow(() => schema.safeParse(at.value, INTERPRETED));
  if (!parsed) return { success: false, mistakes: [tooMany(document.file)] };
  if (parsed.success) return { success: true, data: parsed.data, mistakes: [] };
  const describe = (problem: SchemaProblem) =>
    failureOf(document, { ...problem, path: [...at.path, ...problem.path] }, options);
  return { success: false, mistakes: mistakesOf(parsed.error.issues, { schema, value: at.value }, describe) };
}

function failureOf(document: JsonDocument, problem: SchemaProblem, { code, hint }: ParseOptions): Failure {
  const advice = hint ?? problem.hint;
  return {
    code: code ?? problem.code,
    message: problem.message,
    ...(advice !== undefined && { hint: advice }),
    place: placeOf(document, problem.path, problem.label, problem.part),
  };
}

/** Zod passes all issues as arguments of one call, which overflows the stack at some 100,000. */
function withoutOverflow<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function tooMany(file: string): Mistakes {
  const message = `${file} has too many mistakes to list them.`;
  const hint = 'Restore it from git, or write it again.';
  return { count: 1, describe: () => [{ code: 'schema', message, hint, place: { file } }] };
}
