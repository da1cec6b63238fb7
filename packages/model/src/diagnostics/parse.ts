import { getNodeValue } from 'jsonc-parser';
import type { z } from 'zod';
import type { Failure, FailureCode } from '../failure';
import { failWith, ok, type Result } from '../result';
import { placeOf, type JsonDocument, type JsonPath } from './document';
import { duplicateKeys } from './duplicate-keys';
import { tooDeep } from './depth';
import { mistakesOf, type Fault } from './faults';
import { shownOf, type Mistakes } from './most';
import { unusableTexts } from './texts';
import { isReadable, readDocument, syntaxMistakes } from './syntax';

/** A value that was read from a file, and the file, to point at what it came from. */
export interface Parsed<T> {
  readonly value: T;
  readonly document: JsonDocument;
}

export interface ParseOptions {
  /** Code of what is not as the schema says. Default `schema`. */
  readonly code?: FailureCode;
  /** What to do about any fault. Default: what the fault itself suggests. */
  readonly hint?: string;
}

/** Zod compiles a schema when it first meets it, which takes longer than all the parsing that a run ever does. */
const INTERPRETED = { jitless: true };

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

/** What is wrong with a document of valid JSON, whatever its schema: keys that stand twice, texts of no use. */
export function contentMistakes(document: JsonDocument, root = document.root): Mistakes[] {
  return [...duplicateKeys(document, root), ...unusableTexts(document, root)];
}

/** Where a value stands in a document. */
export interface ValueAt {
  readonly path: JsonPath;
  readonly value: unknown;
}

/** Checks the value that stands at `path` of a document. Fails with every fault of it, each with its place. */
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
  const describe = (fault: Fault) =>
    failureOf(document, { ...fault, path: [...at.path, ...fault.path] }, options);
  return { success: false, mistakes: mistakesOf(parsed.error.issues, { schema, value: at.value }, describe) };
}

function failureOf(document: JsonDocument, fault: Fault, { code, hint }: ParseOptions): Failure {
  const advice = hint ?? fault.hint;
  return {
    code: code ?? fault.code,
    message: fault.message,
    ...(advice !== undefined && { hint: advice }),
    place: placeOf(document, fault.path, fault.label, fault.part),
  };
}

/** Zod hands on the issues of a value as arguments of one call, of which the stack holds some 100,000. */
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
  const hint = 'It is not the file that it should be: restore it from git, or write it again.';
  return { count: 1, describe: () => [{ code: 'schema', message, hint, place: { file } }] };
}
