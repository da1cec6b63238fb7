import * as z from 'zod';
import type { Failure, FailureCode } from '../failure';
import type { JsonPath, Part } from './document';
import { describedAt, knownKeys, requiredKeys } from './schema-walk';
import { didYouMean, nearest } from './suggest';
import type { Mistakes } from './most';
import { inside, labelOf, lowerFirst, quoted, sentence, TYPE_WORDS, wordFor } from './words';

/** A difference between a value and its schema, in words. */
export interface SchemaProblem {
  readonly code: FailureCode;
  readonly path: JsonPath;
  readonly part: Part;
  /** One sentence, with its full stop. */
  readonly message: string;
  /** A short form, shown below the marked text. */
  readonly label: string;
  readonly hint?: string;
}

type Issue = z.core.$ZodIssue;

/** Converts zod's issues to mistakes with the texts of `describe`. */
export function mistakesOf(
  issues: readonly Issue[],
  subject: Subject,
  describe: (problem: SchemaProblem) => Failure,
): Mistakes[] {
  return issues.flatMap(oneByOne).map((issue) => ({
    count: 1,
    describe: () => problemsOfIssue(issue, [], subject).map(describe),
  }));
}

/**
 * Splits unknown keys into issues of their own, so that a file with thousands costs only those that are
 * shown.
 */
function oneByOne(issue: Issue): Issue[] {
  if (issue.code !== 'unrecognized_keys') return [issue];
  return issue.keys.map((key) => ({ ...issue, keys: [key] }));
}

export interface Subject {
  readonly schema: z.core.$ZodType;
  readonly value: unknown;
}

function problemsOfIssue(issue: Issue, base: JsonPath, subject: Subject): SchemaProblem[] {
  const path = [...base, ...(issue.path as JsonPath)];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, subject));
    case 'invalid_union':
      return unionProblems(issue, path, subject);
    case 'invalid_key':
      return issue.issues.map((inner) => ({ ...valueProblem(inner, path, path.at(-1)), part: 'key' }));
    case 'invalid_type':
      return [
        valueAt(subject.value, path) === undefined
          ? missing(path, subject)
          : wrongType(issue.expected, path, subject),
      ];
    default:
      return [valueProblem(issue, path, valueAt(subject.value, path))];
  }
}

function unknownKey(key: string, path: JsonPath, { schema }: Subject): SchemaProblem {
  const known = knownKeys(schema, path);
  const suggestion = nearest(key, known);
  return {
    code: 'schema',
    path: [...path, key],
    part: 'key',
    message: `Unknown key ${quoted(key)}${inside(path)}.`,
    label: `unknown key${didYouMean(key, known)}`,
    hint:
      suggestion === undefined
        ? `Known keys are ${known.join(', ')}.`
        : `Write "${suggestion}", or remove it.`,
  };
}

/** Alternatives are objects with different keys: reports the problems of the most similar one. */
function unionProblems(
  issue: z.core.$ZodIssueInvalidUnion,
  path: JsonPath,
  subject: Subject,
): SchemaProblem[] {
  const value = valueAt(subject.value, path);
  if (value === undefined) return [missing(path, subject)];
  if (!isObject(value) || Array.isArray(value)) return [noneOf(issue, path, subject)];
  const [best, second] = [...issue.errors].sort((a, b) => strangeness(a) - strangeness(b));
  if (best && (!second || strangeness(best) < strangeness(second)))
    return best.flatMap((inner) => problemsOfIssue(inner, path, subject));
  const known = knownKeys(subject.schema, path);
  const strange = Object.keys(value).filter((key) => !known.includes(key));
  if (strange.length > 0) return strange.map((key) => unknownKey(key, path, subject));
  return [noAlternative(path, subject, Object.keys(value).length > 1 ? 'only one of' : 'one of')];
}

/** For a value that is not an object: the words that it may be, and the keys of the objects. */
function noneOf(issue: z.core.$ZodIssueInvalidUnion, path: JsonPath, subject: Subject): SchemaProblem {
  const words = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_value' && inner.path.length === 0 ? inner.values : []));
  if (words.length === 0) return noAlternative(path, subject, 'an object with one of');
  const choices = words.map((word) => `${JSON.stringify(String(word))}, `).join('');
  return noAlternative(path, subject, `${choices}or an object with`);
}

/** Returns how much the value differs from an alternative: unknown keys weigh more than missing ones. */
function strangeness(issues: readonly Issue[]): number {
  return issues.reduce(
    (sum, issue) => sum + (issue.code === 'unrecognized_keys' ? 10 * issue.keys.length : 1),
    0,
  );
}

function noAlternative(path: JsonPath, { schema }: Subject, expected: string): SchemaProblem {
  const choices = requiredKeys(schema, path).map((key) => `"${key}"`);
  const label = `expected ${expected} ${choices.join(', ')}`;
  return { code: 'schema', path, part: 'value', message: sentence(path, label), label };
}

function missing(path: JsonPath, { schema }: Subject): SchemaProblem {
  const key = String(path.at(-1));
  const about = descriptionAt(schema, path);
  return {
    code: 'schema',
    path,
    part: 'value',
    message: `The key "${key}" is missing${inside(path.slice(0, -1))}.`,
    label: `"${key}" is missing`,
    ...(about !== undefined && { hint: `Add "${key}": ${lowerFirst(about)}` }),
  };
}

function wrongType(expected: string, path: JsonPath, { schema, value }: Subject): SchemaProblem {
  const label = `expected ${TYPE_WORDS[expected] ?? expected}, got ${wordFor(valueAt(value, path))}`;
  const about = expected === 'string' ? descriptionAt(schema, path) : undefined;
  return {
    code: 'schema',
    path,
    part: 'value',
    message: sentence(path, label),
    label,
    ...(about !== undefined && { hint: about }),
  };
}

function descriptionAt(schema: z.core.$ZodType, path: JsonPath): string | undefined {
  return describedAt(schema, path, (found) => z.globalRegistry.get(found)?.description);
}

function valueProblem(issue: Issue, path: JsonPath, value: unknown): SchemaProblem {
  const params = issue.code === 'custom' ? issue.params : undefined;
  const label = labelOf(issue, value);
  const hint = params?.['hint'] as string | undefined;
  return {
    code: (params?.['failure'] as FailureCode | undefined) ?? 'schema',
    path,
    part: 'value',
    message: sentence(path, label),
    label,
    ...(hint !== undefined && { hint }),
  };
}

function valueAt(value: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
