import type { Json } from '../canonical';

/**
 * Why a layer is built again: each input that differs, by name and value ("packages.curl:amd64: 8.14.1-2 → 8.14.1-3").
 * Empty where the two are equal.
 */
export function inputDifferences(before: Json | undefined, after: Json | undefined, name = ''): string[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) =>
      inputDifferences(before[key], after[key], name === '' ? key : `${name}.${key}`),
    );
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (before === undefined) return [`${name}: new, ${shown(after)}`];
  if (after === undefined) return [`${name}: gone, was ${shown(before)}`];
  return [`${name}: ${shown(before)} → ${shown(after)}`];
}

function isRecord(value: Json | undefined): value is Readonly<Record<string, Json | undefined>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: Json | undefined): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1…');
}
