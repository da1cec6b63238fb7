import * as fc from 'fast-check';
import { HOSTILE_JSON } from './hostile';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Path = readonly (string | number)[];

const KEYS = [
  '',
  'x',
  'a b',
  '__proto__',
  'constructor',
  'length',
  'toString',
  '../x',
  '\u0000',
  'é',
  '😀',
  '{a}',
];

const HOSTILE: readonly Json[] = HOSTILE_JSON.flatMap((text) => {
  try {
    return [JSON.parse(text) as Json];
  } catch {
    return [];
  }
});

/** What is done at one place of a document; `other` is a place elsewhere in it. */
interface Change {
  readonly what: 'replace' | 'remove' | 'double' | 'rename' | 'insert' | 'wrap' | 'copy' | 'cut';
  readonly at: number;
  readonly other: number;
  readonly key: string;
  readonly value: Json;
}

/**
 * One of the documents, as JSON that can be read: with values and keys replaced by hostile ones, removed,
 * doubled, or put where others were.
 */
export function mutatedValues(sources: readonly string[]): fc.Arbitrary<string> {
  const change: fc.Arbitrary<Change> = fc.record({
    what: fc.constantFrom(
      'replace',
      'replace',
      'remove',
      'double',
      'rename',
      'insert',
      'wrap',
      'copy',
      'cut',
    ),
    at: fc.nat({ max: 999_999 }),
    other: fc.nat({ max: 999_999 }),
    key: fc.oneof(fc.constantFrom(...KEYS), fc.string({ unit: 'binary', maxLength: 8 })),
    value: fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.double(),
      fc.integer(),
    ),
  });
  return fc
    .tuple(fc.constantFrom(...sources), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([source, changes]) => changes.reduce((text, one) => changed(text, one), source));
}

function changed(text: string, change: Change): string {
  const root = { document: JSON.parse(text) as Json };
  const paths = pathsOf(root.document, ['document']);
  const path = pick(paths, change.at);
  const other = valueAt(root, pick(paths, change.other));
  const value = structuredClone(change.what === 'copy' ? other : change.value);
  apply(Object(valueAt(root, path.slice(0, -1))) as object, path.at(-1) ?? '', { ...change, value });
  // Infinity and the like are written as null.
  return JSON.stringify(root.document ?? null, undefined, 1);
}

function apply(parent: object, key: string | number, { what, key: name, value }: Change): void {
  const old = valueAt(parent as Json, [key]);
  if (what === 'remove' && Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (what === 'remove') Reflect.deleteProperty(parent, key);
  else if (what === 'double' && Array.isArray(parent)) parent.push(old, old);
  else if (what === 'rename' && !Array.isArray(parent)) {
    Reflect.deleteProperty(parent, key);
    set(parent as Json, name, old);
  } else if (what === 'insert' && Array.isArray(old)) old.unshift(value);
  else if (what === 'insert' && typeof old === 'object') set(old, name, value);
  else if (what === 'cut' && typeof old === 'string')
    set(parent as Json, key, old.slice(0, old.length / 2) + name);
  else set(parent as Json, key, what === 'wrap' ? [old] : value);
}

/** As JSON.parse does: `__proto__` is a key as any other. */
function set(of: Json, key: string | number, value: Json): void {
  if (typeof of !== 'object' || of === null) return;
  Object.defineProperty(of, key, { value, configurable: true, enumerable: true, writable: true });
}

function valueAt(root: Json, path: Path): Json {
  return path.reduce<Json>((value, key) => (value as Record<string, Json>)[key] ?? null, root);
}

function pathsOf(value: Json, path: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.keys(value).flatMap((key) => pathsOf(valueAt(value, [key]), [...path, key]))];
}

function pick<T>(all: readonly T[], part: number): T {
  return all[Math.floor((part / 1_000_000) * all.length)] as T;
}
