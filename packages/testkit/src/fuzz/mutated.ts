import * as fc from 'fast-check';
import { HOSTILE_JSON, HOSTILE_LINES } from './hostile';

type Change<T> = (of: T) => T;

/**
 * Places are parts of a million of the whole, so that a smaller value keeps its meaning while cases are made
 * smaller.
 */
const place = fc.nat({ max: 999_999 });
const at = (part: number, length: number): number => Math.floor((part / 1_000_000) * length);

/** One of the bytes, changed: flipped, overwritten, removed, doubled, cut off, swapped. */
export function mutatedBytes(sources: readonly Buffer[]): fc.Arbitrary<Buffer> {
  return changed(
    sources.map((source) => Buffer.from(source)),
    fc.oneof(
      partChanges<Buffer>(
        (of, start, end) => of.subarray(start, end),
        (parts) => Buffer.concat(parts),
      ),
      fc.tuple(place, fc.nat({ max: 7 })).map(
        ([part, bit]) =>
          (of: Buffer) =>
            flipped(of, at(part, of.length), bit),
      ),
      fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 16 })).map(
        ([part, bytes]) =>
          (of: Buffer) =>
            overwritten(of, at(part, of.length), bytes),
      ),
      fc
        .tuple(place, fc.constantFrom(0, 0xff, 0x30, 0x39, 0x80), fc.nat({ max: 600 }))
        .map(([part, byte, length]) => (of: Buffer) => {
          return overwritten(of, at(part, of.length), Buffer.alloc(length, byte));
        }),
    ),
  );
}

/**
 * One of the texts of JSON, with tokens replaced by hostile ones, removed, doubled, swapped; or with other
 * characters.
 */
export function mutatedJson(sources: readonly string[]): fc.Arbitrary<string> {
  return changedTokens(sources, /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+|\s+/g, HOSTILE_JSON);
}

/**
 * One of the texts, with lines replaced by hostile ones, removed, doubled, swapped; or with other characters.
 */
export function mutatedLines(sources: readonly string[]): fc.Arbitrary<string> {
  return changedTokens(sources, /[^\n]*\n?/g, HOSTILE_LINES);
}

function changedTokens(
  sources: readonly string[],
  token: RegExp,
  hostile: readonly string[],
): fc.Arbitrary<string> {
  const replaced = fc.tuple(place, fc.constantFrom(...hostile)).map(
    ([part, text]) =>
      (of: string[]) =>
        of.with(at(part, of.length), text),
  );
  const inserted = fc
    .tuple(place, fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary', maxLength: 20 })))
    .map(
      ([part, text]) =>
        (of: string[]) =>
          of.toSpliced(at(part, of.length), 0, text),
    );
  const parts = partChanges<string[]>(
    (of, start, end) => of.slice(start, end),
    (all) => all.flat(),
  );
  const tokens = sources.map((source) => source.match(token) ?? [source]);
  const notEmpty = (change: Change<string[]>) => (of: string[]) => (of.length === 0 ? of : change(of));
  return changed(tokens, fc.oneof({ weight: 3, arbitrary: replaced }, inserted, parts).map(notEmpty)).map(
    (all) => all.join(''),
  );
}

/** Changes of a whole that is made of parts one after another. */
function partChanges<T extends { readonly length: number }>(
  slice: (of: T, start: number, end: number) => T,
  join: (parts: T[]) => T,
): fc.Arbitrary<Change<T>> {
  const kind = fc.constantFrom('remove', 'double', 'move', 'keep', 'end');
  return fc.tuple(kind, place, fc.nat({ max: 40 })).map(([what, part, length]) => (of: T) => {
    const start = at(part, of.length);
    const end = Math.min(of.length, start + length + 1);
    const [before, found, after] = [slice(of, 0, start), slice(of, start, end), slice(of, end, of.length)];
    if (what === 'remove') return join([before, after]);
    if (what === 'double') return join([before, found, found, after]);
    if (what === 'move') return join([found, before, after]);
    return what === 'end' ? before : of;
  });
}

function changed<T>(sources: readonly T[], change: fc.Arbitrary<Change<T>>): fc.Arbitrary<T> {
  return fc
    .tuple(fc.constantFrom(...sources), fc.array(change, { minLength: 1, maxLength: 5 }))
    .map(([source, changes]) => changes.reduce((of, one) => one(of), source));
}

function flipped(of: Buffer, position: number, bit: number): Buffer {
  const copy = Buffer.from(of);
  if (position < copy.length) copy[position] = (copy[position] ?? 0) ^ (1 << bit);
  return copy;
}

function overwritten(of: Buffer, position: number, bytes: Uint8Array): Buffer {
  const copy = Buffer.from(of);
  copy.set(bytes.subarray(0, Math.max(0, copy.length - position)), position);
  return copy;
}
