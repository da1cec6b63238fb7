/** A JSON object that somebody else wrote: nothing about it is certain. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value as an object; empty where it is none. */
export function objectIn(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A member as text; empty where it is none. */
export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}
