import { endianness } from 'node:os';
import { groupBy } from '../group-by';
import { charactersAt, type Keyword } from './keyword';

/** How many groups have one beginning, that of short keywords: nearly any pair may be the second of "hf_". */
const SINGLE = 8;

/** Of an entry of a table. */
const BITS = 32;

/**
 * By pair of bytes: a bit for each group of keywords that may have it at a place. A group is the keywords that begin with
 * the same three bytes, or with one of a few such beginnings.
 */
export class PairTables {
  /** The pair that begins with the first byte of a keyword, or with the second: one of them is at an even address. */
  readonly first = new Int32Array(65_536);
  /** The pair behind that. */
  readonly second = new Int32Array(65_536);

  constructor(keywords: readonly Keyword[]) {
    const shortestFirst = [...keywords].sort((a, b) => a.bytes.length - b.bytes.length);
    const groups = [...groupBy(shortestFirst, ({ text }) => text.slice(0, 3)).values()];
    for (const [index, alike] of groups.entries())
      for (const keyword of alike) for (const at of [0, 1]) this.add(keyword, at, 1 << bitOf(index));
  }

  private add(keyword: Keyword, at: number, group: number): void {
    addPairs(this.first, charactersAt(keyword, at), charactersAt(keyword, at + 1), group);
    addPairs(this.second, charactersAt(keyword, at + 2), charactersAt(keyword, at + 3), group);
  }
}

function bitOf(index: number): number {
  return index < SINGLE ? index : SINGLE + (index % (BITS - SINGLE));
}

function addPairs(
  table: Int32Array,
  ones: readonly number[],
  others: readonly number[],
  group: number,
): void {
  for (const one of ones) for (const other of others) table[pairOf(one, other)]! |= group;
}

/** Whether this machine has the first byte of a pair in its lower bits. */
const IS_LITTLE = endianness() === 'LE';

/** Returns two bytes as this machine reads them. */
export function pairOf(one: number, other: number): number {
  return IS_LITTLE ? one | (other << 8) : (one << 8) | other;
}

/**
 * Returns the first of every second word, from one on, at which or in whose seven bytes before a keyword may begin; else
 * -1. All in one function: V8 compiles it once, in 2 ms; with calls of others, it took 10 ms, several times.
 *
 * @param pairs the same bytes as `words`
 * @param from at least 2
 */
export function nextPlace(
  { first, second }: PairTables,
  words: Uint32Array,
  pairs: Uint16Array,
  from: number,
): number {
  for (let index = from; index < words.length; index += 2) {
    const word = words[index]!;
    // Has a control character, or one above ASCII.
    if (((word | (word - 0x20202020)) & 0x80808080) !== 0) continue;
    const last = 2 * index;
    const before = pairs[last - 2]!;
    const middle = pairs[last - 1]!;
    const pair = pairs[last]!;
    const groups =
      (first[pairs[last - 3]!]! & second[before]!) |
      (first[before]! & second[middle]!) |
      (first[middle]! & second[pair]!) |
      (first[pair]! & second[pairs[last + 1]!]!);
    if (groups !== 0) return index;
  }
  return -1;
}
