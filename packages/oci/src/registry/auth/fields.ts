/** A JSON object from outside: not validated. */
export type Fields = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns a value as an object; an empty one if it is something else. */
export function objectIn(value: unknown): Fields {
  return isObject(value) ? value : {};
}

/** Returns a member as text; '' if it is not a string. */
export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}
