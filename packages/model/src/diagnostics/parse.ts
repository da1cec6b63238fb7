import { getNodeValue } from 'jsonc-parser';
import type { z } from 'zod';
import type { Failure, FailureCode } from '../failure';
import { fail, ok, type Result } from '../result';
import { placeOf, type JsonDocument, type JsonPath } from './document';
import { duplicateKeys } from './duplicate-keys';
import { faultsOf, type Fault } from './faults';
import { unusableTexts } from './texts';
import { isReadable, readDocument, syntaxFailures } from './syntax';

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
  try {
    return parseNested(schema, file, text, options);
  } catch (error) {
    if (error instanceof RangeError) return fail(tooDeep(file));
    throw error;
  }
}

function parseNested<S extends z.ZodType>(
  schema: S,
  file: string,
  text: string,
  options: ParseOptions,
): Result<Parsed<z.output<S>>> {
  const document = readDocument(file, text);
  const failures = document.errors.length > 0 ? syntaxFailures(document) : contentFailures(document);
  if (!document.root || !isReadable(document)) return failed(failures);
  const value: unknown = document.errors.length > 0 ? getNodeValue(document.root) : JSON.parse(text);
  const checked = checkValue(schema, document, { path: [], value }, options);
  if (!checked.ok) return failed([...failures, ...checked.failures]);
  return failures.length > 0 ? failed(failures) : ok({ value: checked.value, document });
}

function contentFailures(document: JsonDocument): Failure[] {
  return [...duplicateKeys(document), ...unusableTexts(document)];
}

/** Checks the value that stands at `path` of a document. Fails with every fault of it, each with its place. */
export function checkValue<S extends z.ZodType>(
  schema: S,
  document: JsonDocument,
  at: { readonly path: JsonPath; readonly value: unknown },
  options: ParseOptions = {},
): Result<z.output<S>> {
  const parsed = schema.safeParse(at.value, INTERPRETED);
  if (parsed.success) return ok(parsed.data);
  const faults = faultsOf(parsed.error.issues, schema, at.value);
  return failed(
    faults.map((fault) => failureOf(document, { ...fault, path: [...at.path, ...fault.path] }, options)),
  );
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

/** The parser goes as deep as the stack; no file of ours is nested more than a dozen times. */
function tooDeep(file: string): Failure {
  return { code: 'json-syntax', message: 'The file is nested too deeply to be read.', place: { file } };
}

function failed(failures: readonly Failure[]): Result<never> {
  const [first, ...rest] = failures;
  if (!first) throw new Error('a file was refused without a reason');
  return fail(first, ...rest);
}
