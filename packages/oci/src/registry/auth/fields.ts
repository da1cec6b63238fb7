/** A JSON object that somebody else wrote: nothing about it is certain. */
export type Fields = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as an object; empty where it is something else. */
export function objectIn(value: unknown): Fields {
  return isObject(value) ? value : {};
}

/** A member as text; empty where it is none. */
export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}
