import type { DoubleQuotedChild, ParameterExpansionPart, ParsedScript, Word, WordPart } from 'unbash';
import { isKnown, join, known, mapText, unknown, type Value } from '../state/value';
import { parameter, type Variables } from './variables';

/** What words are expanded with. */
export interface ExpansionContext {
  readonly variables: Variables;
  /** Returns the output of a command in `$(…)`; undefined if it is only known in a build. */
  readonly substitute: (script: ParsedScript, source: string) => Value | undefined;
}

/** Expands a word, without splitting it. */
export function textOf(word: Word, setting: ExpansionContext): Value {
  return join(fragments(word, setting).map(({ value }) => value));
}

/** Expands a word into fields: unquoted expansions are split at spaces (POSIX shell, 2.6.5). */
export function fieldsOf(word: Word, setting: ExpansionContext): Value[] {
  const fields: Value[][] = [[]];
  let isQuoted = false;
  for (const { value, splits } of fragments(word, setting)) {
    isQuoted ||= !splits;
    const [first = '', ...more] = splits ? value.text.split(/\s+/) : [value.text];
    fields.at(-1)?.push({ ...value, text: first });
    for (const text of more) fields.push([{ ...value, text }]);
  }
  const joined = fields.map((field) => join(field));
  return isQuoted && joined.length === 1 ? joined : joined.filter((field) => field.text !== '');
}

interface Fragment {
  readonly value: Value;
  readonly splits: boolean;
}

function fragments(word: Word, setting: ExpansionContext): Fragment[] {
  if (word.parts === undefined) return [{ value: known(word.value), splits: false }];
  return word.parts.map((part) => ({
    value: partText(part, setting),
    splits:
      part.type === 'SimpleExpansion' ||
      part.type === 'ParameterExpansion' ||
      part.type === 'CommandExpansion',
  }));
}

function partText(part: WordPart, setting: ExpansionContext): Value {
  switch (part.type) {
    case 'Literal':
    case 'Glob':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return known(part.value);
    case 'DoubleQuoted':
    case 'LocaleString':
      return join(part.parts.map((child) => partText(child, setting)));
    case 'BraceExpansion':
    case 'ExtendedGlob':
      return known(part.text);
    case 'ProcessSubstitution':
      return unknown(part.text);
    default:
      return expansion(part, setting);
  }
}

type Expansion = Exclude<DoubleQuotedChild, { readonly type: 'Literal' }>;

function expansion(part: Expansion, setting: ExpansionContext): Value {
  switch (part.type) {
    case 'SimpleExpansion':
      return setting.variables.get(part.text.slice(1)) ?? unknown(part.text);
    case 'ParameterExpansion':
      return parameterText(part, setting);
    case 'CommandExpansion':
      return (part.script && setting.substitute(part.script, part.text)) ?? unknown(part.text);
    case 'ArithmeticExpansion':
      return unknown(part.text);
  }
}

function parameterText(part: ParameterExpansionPart, setting: ExpansionContext): Value {
  const { parameter: name, text: whole, operation } = part;
  if (part.prefix !== undefined || part.index !== undefined) return unknown(whole);
  const value = setting.variables.get(name);
  switch (operation?.type) {
    case undefined:
      return value ?? unknown(whole);
    case 'Default':
      return parameter(
        { name, whole, operator: operation.operator, word: () => textOf(operation.operand, setting) },
        setting.variables,
      );
    case 'Remove':
      return value ? removed(value, operation.operator, textOf(operation.operand, setting)) : unknown(whole);
    case 'Replace': {
      const pattern = textOf(operation.pattern, setting);
      const text = textOf(operation.replacement, setting);
      return value && isPlain(pattern) && isKnown(text)
        ? mapText(value, (old) =>
            operation.operator === '//'
              ? old.replaceAll(pattern.text, text.text)
              : old.replace(pattern.text, text.text),
          )
        : unknown(whole);
    }
    default:
      return unknown(whole);
  }
}

/** Expands `${name#pattern}` and similar, for patterns of plain characters and "*". */
function removed(value: Value, operator: string, pattern: Value): Value {
  if (!isKnown(value) || !isKnown(pattern) || /[?[\\]/.test(pattern.text)) return unknown(value.text);
  const body = pattern.text.split('*').map((text) => text.replace(/[.+^${}()|\\/-]/g, '\\$&'));
  const greedy = operator.length === 2;
  const source = body.join(greedy ? '.*' : '.*?');
  if (operator.startsWith('#')) return mapText(value, (text) => text.replace(new RegExp(`^${source}`), ''));
  return mapText(value, (text) => (greedy ? cutLongest(text, source) : cutShortest(text, source)));
}

function cutLongest(text: string, source: string): string {
  return text.replace(new RegExp(`${source}$`), '');
}

/** Removes the shortest end that matches the pattern. */
function cutShortest(text: string, source: string): string {
  const whole = new RegExp(`^${source}$`);
  for (let at = text.length; at >= 0; at--) if (whole.test(text.slice(at))) return text.slice(0, at);
  return text;
}

function isPlain(pattern: Value): boolean {
  return isKnown(pattern) && pattern.text !== '' && !/[*?[\\#%]/.test(pattern.text);
}
