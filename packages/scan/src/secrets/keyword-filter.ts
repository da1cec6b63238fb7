import type { SecretRule } from './rules/rule';

/** A keyword of a rule as bytes. */
interface Keyword {
  readonly text: string;
  readonly bytes: Buffer;
  /** See `SecretRule.tokenCharacters`. */
  readonly tokenCharacters: number;
}

/** Where in a keyword a pair of bytes is. */
interface Place extends Keyword {
  /** From its first byte: 0 or 1. */
  readonly at: number;
}

/** Each keyword has two pairs: then one of them is at an even address. */
const SHORTEST = 3;

/** Bytes of text that a keyword has with the token behind it: enough to fill a word at a multiple of eight. */
const SHORTEST_TEXT = 11;

const WORD_BYTES = Uint32Array.BYTES_PER_ELEMENT;

/**
 * Finds keywords of rules in bytes. Looks at every second word of four bytes. Only where that is text, which is little of
 * a program, may a keyword begin in the seven bytes before it or with it; there, pairs of bytes are looked up in a table
 * of the first two pairs of all keywords. So the bytes of a program need not become a text, and it takes a fraction of
 * the time of one regular expression of all keywords.
 */
export class KeywordFilter {
  /** By pair of bytes: the number of its places; 0 if no keyword may be there. */
  private readonly numbers = new Uint16Array(65_536);
  private readonly places: Place[][] = [[]];

  private constructor(keywords: readonly Keyword[]) {
    for (const keyword of keywords) for (const at of [0, 1]) this.add({ ...keyword, at });
  }

  /** Returns a filter; undefined if a rule has no keywords, or one that is too short to be found. */
  static of(rules: readonly SecretRule[]): KeywordFilter | undefined {
    const keywords = keywordsOf(rules);
    const canFindAll = rules.every((rule) => rule.keywords) && keywords.every(isLongText);
    return canFindAll ? new KeywordFilter(keywords) : undefined;
  }

  /** Returns the keywords in bytes; without those that too few characters of a token follow for any rule. */
  keywordsIn(bytes: Uint8Array): ReadonlySet<string> {
    const found = new Set<string>();
    const aligned = bytes.byteOffset % WORD_BYTES === 0 ? bytes : Uint8Array.from(bytes);
    const { buffer, byteOffset, length } = aligned;
    const words = new Uint32Array(buffer, byteOffset, Math.floor(length / WORD_BYTES));
    const pairs = new Uint16Array(buffer, byteOffset, Math.floor(length / 2));
    for (let word = 0; word < words.length; word += 2)
      if (isText(words[word]!)) this.addBefore(aligned, pairs, 2 * word, found);
    return found;
  }

  /** Adds keywords that begin at one of the eight bytes which end with the first byte of a pair. */
  private addBefore(bytes: Uint8Array, pairs: Uint16Array, last: number, found: Set<string>): void {
    const { numbers, places } = this;
    for (let index = last < 3 ? 0 : last - 3; index <= last; index++) {
      const number = numbers[pairs[index]!]!;
      if (number !== 0) addAt(bytes, 2 * index, places[number]!, found);
    }
  }

  private add(place: Place): void {
    // In the order of this machine's bytes, as `keywordsIn` reads them.
    const [pair = 0] = new Uint16Array(Uint8Array.from(place.bytes.subarray(place.at, place.at + 2)).buffer);
    if (this.numbers[pair] === 0) this.numbers[pair] = this.places.push([]) - 1;
    this.places[this.numbers[pair]!]!.push(place);
  }
}

/** Returns whether none of a word's bytes is a control character or above ASCII. */
function isText(word: number): boolean {
  return ((word | (word - 0x20202020)) & 0x80808080) === 0;
}

function isLongText({ bytes, tokenCharacters }: Keyword): boolean {
  const isLong = bytes.length >= SHORTEST && bytes.length + tokenCharacters >= SHORTEST_TEXT;
  return isLong && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

function addAt(bytes: Uint8Array, pairAt: number, places: readonly Place[], found: Set<string>): void {
  for (const place of places) if (isAt(bytes, pairAt - place.at, place)) found.add(place.text);
}

function isAt(bytes: Uint8Array, start: number, { bytes: keyword, tokenCharacters }: Keyword): boolean {
  for (let index = 0; index < keyword.length; index++)
    if (bytes[start + index] !== keyword[index]) return false;
  const after = start + keyword.length;
  for (let index = 0; index < tokenCharacters; index++)
    if (IS_TOKEN[bytes[after + index] ?? 0] !== 1) return false;
  return true;
}

/** By byte: whether it is a letter, a digit, or one of "_", ".", "-" and "/". */
const IS_TOKEN = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9_./-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** A keyword of several rules is found where any of them may match. */
function keywordsOf(rules: readonly SecretRule[]): Keyword[] {
  const found = new Map<string, number>();
  for (const { keywords = [], tokenCharacters = 0 } of rules)
    for (const keyword of keywords)
      found.set(keyword, Math.min(found.get(keyword) ?? tokenCharacters, tokenCharacters));
  return [...found].map(([keyword, tokenCharacters]) => ({
    text: keyword,
    bytes: Buffer.from(keyword, 'latin1'),
    tokenCharacters,
  }));
}
