export type Members = Readonly<Record<string, unknown>>;

/** Returns the members of a JSON object; none for any other value. */
export function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}

/** Returns the items of a JSON array; none for any other value. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns a JSON string; "unknown" for any other value. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : 'unknown';
}
