import type { Json } from '../canonical';

/**
 * Returns why a layer is built again: each input that differs, by name and value ("packages.curl:amd64:
 * 8.14.1-2 → 8.14.1-3"). Empty if the two are equal.
 */
export function inputDifferences(before: Json | undefined, after: Json | undefined, name = ''): string[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) =>
      inputDifferences(own(before, key), own(after, key), name === '' ? key : `${name}.${key}`),
    );
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isList(before) && isList(after)) return listDifferences(before, after, name);
  if (isText(before) && isText(after)) return [textDifference(before.split('\n'), after.split('\n'), name)];
  if (before === undefined) return [`${name}: new, ${shown(after)}`];
  if (after === undefined) return [`${name}: gone, was ${shown(before)}`];
  return [`${name}: ${shown(before)} → ${shown(after)}`];
}

/** A member of the record itself: names such as "constructor" are in every object. */
function own(record: Readonly<Record<string, Json | undefined>>, key: string): Json | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function listDifferences(before: readonly Json[], after: readonly Json[], name: string): string[] {
  const [old, now] = [byName(before), byName(after)];
  if (old && now) return inputDifferences(old, now, name);
  if (before.length === after.length)
    return before.flatMap((item, at) => inputDifferences(item, after[at], `${name}[${at}]`));
  const [left, come] = [without(before, after), without(after, before)];
  if (left.length + come.length === 0) return [`${name}: ${shown(before)} → ${shown(after)}`];
  return [
    ...left.map((item) => `${name}: gone, was ${shown(item)}`),
    ...come.map((item) => `${name}: new, ${shown(item)}`),
  ];
}

/** Maps items with names by name; returns undefined for other lists. */
function byName(list: readonly Json[]): Readonly<Record<string, Json>> | undefined {
  const entries = list.map((item): [Json | undefined, Json] => [
    isRecord(item) ? item['name'] : undefined,
    item,
  ]);
  const names = new Set(entries.map(([name]) => name));
  const areNamed = [...names].every((name) => typeof name === 'string') && names.size === list.length;
  return areNamed ? (Object.fromEntries(entries) as Record<string, Json>) : undefined;
}

function without(list: readonly Json[], others: readonly Json[]): Json[] {
  const known = new Set(others.map((item) => JSON.stringify(item)));
  return list.filter((item) => !known.has(JSON.stringify(item)));
}

/** Returns the first line that differs of a text of many lines. */
function textDifference(before: readonly string[], after: readonly string[], name: string): string {
  const at = after.findIndex((line, number) => line !== before[number]);
  const line = at < 0 ? after.length : at;
  const [old, now] = [before, after].map((lines) => lines[line]?.trim() ?? 'no more lines');
  return `${name}, line ${line + 1}: ${old} → ${now}`;
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value.includes('\n');
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isRecord(value: Json | undefined): value is Readonly<Record<string, Json | undefined>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: Json | undefined): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1…');
}
