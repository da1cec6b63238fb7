/** Returns the object in a JSON text; undefined if it is not JSON, or not an object. */
export function jsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes).toString());
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the members of a value that are strings: annotations, labels. */
export function stringMembers(value: unknown): Record<string, string> {
  const rows = Object.entries(value ?? {}) as [string, unknown][];
  return Object.fromEntries(rows.filter((row): row is [string, string] => typeof row[1] === 'string'));
}
