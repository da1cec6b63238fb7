import { fail, ok, type Result } from '../result';
import type { Failure } from '../failure';
import { nearest } from '../diagnostics/suggest';

/** The values of `{…}` in a tool's definition. Undefined ones can't be used. */
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
  /** The folder that a command writes to. */
  readonly output?: string | undefined;
}

export type Placeholder = keyof TemplateValues;
export const VERSION_PLACEHOLDERS: readonly Placeholder[] = ['version', 'major', 'minor', 'patch'];
/** Those of a file that is fetched for one platform. */
export const FILE_PLACEHOLDERS: readonly Placeholder[] = [...VERSION_PLACEHOLDERS, 'arch'];
/** Those of a program that is compiled. */
export const BUILD_PLACEHOLDERS: readonly Placeholder[] = [...VERSION_PLACEHOLDERS, 'date', 'commit'];
/** Those of a command of the workspace. */
export const COMMAND_PLACEHOLDERS: readonly Placeholder[] = [...FILE_PLACEHOLDERS, 'output'];
export const PLACEHOLDERS: readonly Placeholder[] = [...BUILD_PLACEHOLDERS, 'arch', 'output'];

/** Requires a letter after the brace: `\d{2}` and `{}` of other languages don't match. */
const PLACEHOLDER = /\{([a-zA-Z]+)\}/g;

/**
 * Returns the text with each `{name}` replaced. Fails with `schema` for each name that is unknown or has no
 * value here.
 */
export function expandTemplate(text: string, values: TemplateValues): Result<string> {
  const [first, ...rest] = unknownPlaceholders(text, definedNames(values)).map(withoutValue);
  if (first) return fail(first, ...rest);
  return ok(text.replace(PLACEHOLDER, (_, name: Placeholder) => values[name] ?? ''));
}

/** Expands placeholders in a regular expression; values are escaped. */
export function expandPattern(pattern: string, values: TemplateValues): Result<string> {
  const escaped = definedNames(values).map((name) => [name, escapePattern(values[name] ?? '')]);
  return expandTemplate(pattern, Object.fromEntries(escaped) as TemplateValues);
}

/** Returns the names in a text's `{…}` that are not among `known`. */
export function unknownPlaceholders(text: string, known: readonly string[] = PLACEHOLDERS): string[] {
  const names = [...text.matchAll(PLACEHOLDER)].map((match) => match[1] as string);
  return [...new Set(names)].filter((name) => !known.includes(name));
}

/** Returns the placeholders that a version gives. */
export function versionValues(version: string): TemplateValues {
  const [major, minor, patch] = (/^[0-9.]+/.exec(version)?.[0] ?? '').split('.');
  return { version, major, minor, patch };
}

function definedNames(values: TemplateValues): Placeholder[] {
  return PLACEHOLDERS.filter((name) => values[name] !== undefined);
}

function withoutValue(name: string): Failure {
  const known = PLACEHOLDERS.some((placeholder) => placeholder === name);
  return {
    code: 'schema',
    message: known ? `"{${name}}" has no value here.` : `Unknown placeholder "{${name}}".`,
    hint: knownPlaceholders(name, PLACEHOLDERS),
  };
}

/** Suggests placeholders in place of an unknown one. */
export function knownPlaceholders(name: string, known: readonly string[]): string {
  const suggestion = nearest(name, known);
  if (suggestion !== undefined && suggestion !== name) return `Write {${suggestion}} instead.`;
  return `Known are ${known.map((placeholder) => `{${placeholder}}`).join(', ')}.`;
}

/** Returns the text as a regular expression that matches it alone. */
export function escapePattern(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
