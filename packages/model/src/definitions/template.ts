import { fail, ok, type Result } from '../result';
import type { Failure } from '../failure';
import { didYouMean } from '../diagnostics/suggest';

/** What `{…}` stands for in a tool's definition. Those that are undefined can't be used there. */
export interface TemplateValues {
  /** As in tool.json: 1.36.4. */
  readonly version?: string | undefined;
  /** First, second and third number of the version. */
  readonly major?: string | undefined;
  readonly minor?: string | undefined;
  readonly patch?: string | undefined;
  /** As the vendor calls it; see `archNames`. */
  readonly arch?: string | undefined;
  /** Of the version, from the lock: 2026-01-31T12:00:00Z. */
  readonly date?: string | undefined;
  /** Full commit id of the version, from the lock. */
  readonly commit?: string | undefined;
}

export type Placeholder = keyof TemplateValues;
export const PLACEHOLDERS: readonly Placeholder[] = [
  'version',
  'major',
  'minor',
  'patch',
  'arch',
  'date',
  'commit',
];

/** A letter after the brace: `\d{2}` and `{}` of other languages are left alone. */
const PLACEHOLDER = /\{([a-zA-Z]+)\}/g;

/** The text with each `{name}` replaced. Fails with `schema` for each name that is unknown or has no value here. */
export function expandTemplate(text: string, values: TemplateValues): Result<string> {
  const [first, ...rest] = unknownPlaceholders(text, definedNames(values)).map(unknown);
  if (first) return fail(first, ...rest);
  return ok(text.replace(PLACEHOLDER, (_, name: Placeholder) => values[name] ?? ''));
}

/** As `expandTemplate`, for a regular expression: values stand for themselves, dots and all. */
export function expandPattern(pattern: string, values: TemplateValues): Result<string> {
  const escaped = Object.entries(values).map(([name, value]) => [name, escapeForPattern(value)]);
  return expandTemplate(pattern, Object.fromEntries(escaped) as TemplateValues);
}

/** The names in a text's `{…}` that are not among `known`. */
export function unknownPlaceholders(text: string, known: readonly string[] = PLACEHOLDERS): string[] {
  const names = [...text.matchAll(PLACEHOLDER)].map((match) => match[1] as string);
  return [...new Set(names)].filter((name) => !known.includes(name));
}

/** The placeholders that a version gives. */
export function versionValues(version: string): TemplateValues {
  const [major, minor, patch] = (/^[0-9.]+/.exec(version)?.[0] ?? '').split('.');
  return { version, major, minor, patch };
}

function definedNames(values: TemplateValues): Placeholder[] {
  return PLACEHOLDERS.filter((name) => values[name] !== undefined);
}

function unknown(name: string): Failure {
  return {
    code: 'schema',
    message: `"{${name}}" stands for nothing here${didYouMean(name, PLACEHOLDERS)}`,
    hint: `Known are ${PLACEHOLDERS.map((known) => `{${known}}`).join(', ')}.`,
  };
}

function escapeForPattern(value: string | undefined): string | undefined {
  return value?.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
