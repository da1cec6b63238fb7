import { isKnown, join, known, unknown, type Value } from '../state/value';

export type Variables = ReadonlyMap<string, Value>;

const REFERENCE = /\\(\$)|\$\{(\w+)(?:(:?[-+])((?:[^{}]|\$\{\w+\})*))?\}|\$(\w+)|\$\{[^}]*\}/g;

/** Returns a text of an instruction with its variables expanded (Dockerfile reference, "Environment replacement"). */
export function expandVariables(text: string, variables: Variables): Value {
  const parts: Value[] = [];
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    parts.push(known(text.slice(end, match.index)), reference(match, variables));
    end = match.index + match[0].length;
  }
  return join([...parts, known(text.slice(end))]);
}

function reference(match: RegExpMatchArray, variables: Variables): Value {
  const [whole, escaped, braced, operator, operand = '', plain] = match;
  if (escaped !== undefined) return known('$');
  const name = braced ?? plain;
  if (name === undefined) return unknown(whole);
  const word = (): Value => expandVariables(operand, variables);
  return parameter({ name, whole, operator, word }, variables);
}

export interface Parameter {
  readonly name: string;
  /** As written. */
  readonly whole: string;
  /** "-", ":-", "+", ":+" or undefined. */
  readonly operator: string | undefined;
  readonly word: () => Value;
}

/** Expands `${name}`, with a default or an alternative (POSIX shell, 2.6.2). */
export function parameter({ name, whole, operator, word }: Parameter, variables: Variables): Value {
  const value = variables.get(name);
  if (value !== undefined && !isKnown(value)) return operator?.endsWith('-') ? value : unknown(whole);
  const isSet = value !== undefined && !(operator?.startsWith(':') && value.text === '');
  if (operator === undefined) return value ?? unknown(whole);
  if (operator.endsWith('-')) return isSet ? value : word();
  return isSet ? word() : known('');
}
